package shape

import (
	"strconv"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
)

// gms is the classic configuration: the GMS Chat API v2 (spec/gms.md 4.1).
var gms = Table{
	Name: GMS, Polls: true, CustomNotices: true, LiveUserData: true, Files: true,
	Original: gmsMessage, Failure: gmsFailure, SessionData: gmsSessionData,
	Session: gmsAnswer, Answer: gmsAnswer, History: gmsAnswer,
}

func gmsMessage(c Chat, e wire.Entry) map[string]any {
	m := Object(
		"index", e.Seq, "utcTime", e.Ms, "type", gmsType(e.Kind),
		"from", Object("nickname", e.From.Nickname, "participantId", gmsParticipant(c, e.From), "type", gmsRole(e.From.Kind)),
	)
	put(m, "text", e.Text)
	switch {
	case isFile(e.Kind):
		m["userData"] = gmsFile(e.Data)
	case len(e.Data) > 0:
		m["userData"] = e.Data
	}
	return m
}

// gmsParticipant numbers participants as pages expect it: the visitor is 1.
func gmsParticipant(c Chat, p wire.Participant) int {
	switch {
	case p.ID == c.Participant:
		return 1
	case p.Kind == "agent", p.Kind == "supervisor":
		return 2
	}
	return 0
}

func gmsRole(kind string) string {
	if kind == "bot" || kind == "system" {
		return "External"
	}
	return role(kind)
}

func gmsType(kind string) string {
	switch kind {
	case wire.KindMessage, wire.KindJoined, wire.KindLeft, wire.KindNotice, wire.KindFile, wire.KindFileDeleted:
		return normalType(kind)
	}
	return "Notice"
}

// gmsFile is what is said of a file; all its values are texts.
func gmsFile(data map[string]any) map[string]any {
	f := attachment.Of(data)
	return Object("file-id", f.ID, "file-name", f.Name, "file-size", strconv.FormatInt(f.Size, 10))
}

func gmsAnswer(c Chat, entries []wire.Entry) map[string]any {
	messages := make([]any, 0, len(entries))
	for _, e := range entries {
		messages = append(messages, gmsMessage(c, e))
	}
	answer := gmsSessionData(c)
	answer["statusCode"], answer["chatId"], answer["chatEnded"] = 0, c.Session, c.Over
	answer["nextPosition"], answer["messages"] = c.Last.GMSPosition(), messages
	return answer
}

// gmsFailure: statusCode 1 says that the same call may be tried again, 2 that it will not help.
func gmsFailure(p *wire.Problem) map[string]any {
	status := 2
	if wire.Means(p.Code).Retry {
		status = 1
	}
	return Object(
		"statusCode", status, "chatEnded", p.Code == wire.CodeSessionEnded || p.Code == wire.CodeNoSession,
		"errors", []any{Object("code", gmsCode(p.Code), "advice", p.Text)},
	)
}

func gmsCode(c wire.Code) int {
	switch c {
	case wire.CodeFileCount:
		return 201
	case wire.CodeFileSize, wire.CodeFileTotal:
		return 202
	case wire.CodeFileType, wire.CodeFileRefused:
		return 203
	case wire.CodeTooLarge:
		return 204
	case wire.CodeToken, wire.CodeTokenExpired, wire.CodeForbidden:
		return 401
	case wire.CodeNoSession, wire.CodeSessionEnded, wire.CodeNoFile:
		return 404
	case wire.CodeUnavailable, wire.CodeFileScan, wire.CodeDraining, wire.CodeNoConnection, wire.CodeRate:
		return 503
	}
	return 500
}

func gmsSessionData(c Chat) map[string]any {
	return Object("secureKey", c.Handle, "sessionID", c.Session, "alias", "1", "userId", c.Participant)
}
