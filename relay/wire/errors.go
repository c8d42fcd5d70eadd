package wire

import (
	"errors"
	"fmt"
)

// Code names an error. It is the interface: texts may change, codes do not.
type Code string

const (
	CodeBadFrame      Code = "bad_frame"
	CodeUnknownFrame  Code = "unknown_frame"
	CodeTooLarge      Code = "too_large"
	CodeVersion       Code = "version"
	CodeHelloFirst    Code = "hello_first"
	CodeNotForRole    Code = "not_for_role"
	CodeOrigin        Code = "origin_not_allowed"
	CodeHost          Code = "host_not_served" // public_urls of relay.yaml does not list the name
	CodeMethod        Code = "method_not_allowed"
	CodeDeployment    Code = "unknown_deployment"
	CodeToken         Code = "token_invalid"
	CodeTokenExpired  Code = "token_expired"
	CodePass          Code = "pass_refused" // of the frame, not of the visitor: a new frame brings a new one
	CodeForbidden     Code = "forbidden"
	CodeSignIn        Code = "sign_in_failed"
	CodeRate          Code = "rate_limited"
	CodeTooMany       Code = "too_many_open" // connections of a network, visit or chat, or pages of a visit
	CodeQuota         Code = "quota_reached" // of bytes a day; RetryMs says when there is room again, which is too long for a client to try on its own
	CodeChatFull      Code = "chat_full"     // the chat has as many entries as it may have
	CodeBadRequest    Code = "bad_request"
	CodeNoEndpoint    Code = "no_endpoint" // there is nothing at this address
	CodeNoSession     Code = "no_session"
	CodeNoVisit       Code = "no_visit" // no events of it are kept, and no page of it is open
	CodeSessionEnded  Code = "session_ended"
	CodeSessionExists Code = "session_exists"
	CodeOfferGone     Code = "offer_gone"
	CodeConflict      Code = "conflict"
	CodeNoConnection  Code = "no_connection"
	CodeUnavailable   Code = "unavailable"
	CodeDraining      Code = "draining"
	CodeInternal      Code = "internal"

	CodeIdentity         Code = "identity_invalid"  // the customer's signed identity cannot be verified, or is for another audience
	CodeIdentityExpired  Code = "identity_expired"  // the page has to bring a new one
	CodeIdentityRequired Code = "identity_required" // the deployment lets nobody write without one
	CodeIdentityOther    Code = "identity_other"    // the session is another person's

	CodeHandoff Code = "handoff_refused" // a one-time token leads to no chat here, or no longer

	CodeBadPhone      Code = "bad_phone"      // no telephone number that could be rung
	CodeCallbackTime  Code = "callback_time"  // the time asked for is past, or too far ahead
	CodeCallbackHours Code = "callback_hours" // nobody calls at the time asked for
	CodeCallbackLimit Code = "callback_limit" // the visitor waits for as many calls as allowed
	CodeNoCallback    Code = "no_callback"    // there is none, not for this agent, or no longer

	CodeFilesOff    Code = "files_off"    // the deployment takes no files
	CodeFileAgent   Code = "file_agent"   // a visitor may send files only while an agent is in the session
	CodeFileType    Code = "file_type"    // a name that is not on the list, or content that contradicts it
	CodeFileSize    Code = "file_size"    // one file is too large, or empty
	CodeFileCount   Code = "file_count"   // the participant has sent as many files as allowed
	CodeFileTotal   Code = "file_total"   // all files of the participant together would be too large
	CodeFileRefused Code = "file_refused" // the virus scanner says no
	CodeFileScan    Code = "file_scan"    // the virus scanner does not work, and nothing passes without it
	CodeNoFile      Code = "no_file"      // there is none, not for this participant, or no longer
)

// Meaning is what each interface makes of a code.
type Meaning struct {
	HTTP  int    // status of the HTTP gateways
	Close int    // WebSocket close code where the error ends a connection; 0 where it does not
	Retry bool   // the same request may succeed later
	Key   string // key of the text for people, in www/texts
}

var meanings = map[Code]Meaning{
	CodeBadFrame:         {400, 4400, false, "errors.badRequest"},
	CodeUnknownFrame:     {400, 4404, false, "errors.badRequest"},
	CodeTooLarge:         {413, 4413, false, "errors.tooLarge"},
	CodeVersion:          {426, 4426, false, "errors.version"},
	CodeHelloFirst:       {400, 4401, false, "errors.badRequest"},
	CodeNotForRole:       {403, 4403, false, "errors.forbidden"},
	CodeOrigin:           {403, 4405, false, "errors.forbidden"},
	CodeHost:             {421, 4421, false, "errors.forbidden"},
	CodeMethod:           {405, 0, false, "errors.badRequest"},
	CodeDeployment:       {404, 4406, false, "errors.deployment"},
	CodeToken:            {401, 4407, false, "errors.signInAgain"},
	CodeTokenExpired:     {401, 4408, false, "errors.signInAgain"},
	CodePass:             {401, 4411, false, "errors.forbidden"},
	CodeForbidden:        {403, 0, false, "errors.forbidden"},
	CodeSignIn:           {401, 0, false, "errors.signIn"},
	CodeRate:             {429, 4429, true, "errors.rate"},
	CodeTooMany:          {429, 4430, true, "errors.rate"},
	CodeQuota:            {429, 0, false, "errors.quota"},
	CodeChatFull:         {409, 0, false, "errors.chatFull"},
	CodeBadRequest:       {400, 0, false, "errors.badRequest"},
	CodeNoEndpoint:       {404, 0, false, "errors.badRequest"},
	CodeNoSession:        {404, 0, false, "errors.noSession"},
	CodeNoVisit:          {404, 0, false, "errors.badRequest"},
	CodeSessionEnded:     {410, 0, false, "errors.sessionEnded"},
	CodeSessionExists:    {409, 0, false, "errors.sessionExists"},
	CodeOfferGone:        {410, 0, false, "errors.offerGone"},
	CodeConflict:         {409, 0, true, "errors.conflict"},
	CodeNoConnection:     {404, 4410, true, "errors.reconnect"},
	CodeUnavailable:      {503, 4503, true, "errors.unavailable"},
	CodeDraining:         {503, 4504, true, "errors.reconnect"},
	CodeInternal:         {500, 4500, true, "errors.internal"},
	CodeIdentity:         {401, 4412, false, "errors.identity"},
	CodeIdentityExpired:  {401, 4415, false, "errors.identity"},
	CodeIdentityRequired: {403, 0, false, "errors.identity"},
	CodeIdentityOther:    {403, 4414, false, "errors.identity"},
	CodeHandoff:          {403, 0, false, "errors.noSession"},
	CodeBadPhone:         {400, 0, false, "errors.badPhone"},
	CodeCallbackTime:     {400, 0, false, "errors.callbackTime"},
	CodeCallbackHours:    {400, 0, false, "errors.callbackHours"},
	CodeCallbackLimit:    {429, 0, true, "errors.callbackLimit"},
	CodeNoCallback:       {404, 0, false, "errors.offerGone"},
	CodeFilesOff:         {403, 0, false, "errors.filesOff"},
	CodeFileAgent:        {409, 0, true, "errors.fileAgent"},
	CodeFileType:         {415, 0, false, "errors.fileType"},
	CodeFileSize:         {413, 0, false, "errors.fileSize"},
	CodeFileCount:        {409, 0, false, "errors.fileCount"},
	CodeFileTotal:        {409, 0, false, "errors.fileTotal"},
	CodeFileRefused:      {422, 0, false, "errors.fileRefused"},
	CodeFileScan:         {503, 0, true, "errors.fileScan"},
	CodeNoFile:           {404, 0, false, "errors.noFile"},
}

// Codes lists every code, for documentation and tests. The order is not fixed.
func Codes() []Code {
	all := make([]Code, 0, len(meanings))
	for c := range meanings {
		all = append(all, c)
	}
	return all
}

// Means looks a code up; an unknown one means what CodeInternal means.
func Means(c Code) Meaning {
	if m, ok := meanings[c]; ok {
		return m
	}
	return meanings[CodeInternal]
}

// Problem is an error with a code that a client may see. Text explains it to a developer and holds no secrets.
type Problem struct {
	Code    Code
	Text    string
	RetryMs int64
	Field   string // the one of a form's fields that is wrong, one of the Field constants; "" where it is none
}

// Fields of forms that visitors fill in, under the names that pages give them.
const (
	FieldFirstName = "firstname"
	FieldLastName  = "lastname"
	FieldEmail     = "email"
	FieldSubject   = "subject"
	FieldNickname  = "nickname"
	FieldPhone     = "phonenumber"
	FieldTime      = "time"
)

// InField says of an error that a field is what is wrong, where it is a Problem.
func InField(field string, err error) error {
	var p *Problem
	if !errors.As(err, &p) {
		return err
	}
	in := *p
	in.Field = field
	return &in
}

func (p *Problem) Error() string { return string(p.Code) + ": " + p.Text }

// Is makes errors.Is(err, &Problem{Code: …}) compare codes.
func (p *Problem) Is(target error) bool {
	t, ok := target.(*Problem)
	return ok && t.Code == p.Code
}

// Problemf makes a Problem.
func Problemf(c Code, format string, args ...any) *Problem {
	return &Problem{Code: c, Text: fmt.Sprintf(format, args...)}
}

// ErrorFrame is the frame that tells a client of a problem.
func ErrorFrame(ref uint32, p *Problem, fatal bool) *Error {
	return &Error{Ref: ref, Code: p.Code, Text: p.Text, Retry: Means(p.Code).Retry, RetryMs: p.RetryMs, Field: p.Field, Fatal: fatal}
}
