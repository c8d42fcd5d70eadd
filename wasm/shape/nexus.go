package shape

import "foyer/relay/wire"

// nexus is pureengage-v3-rest: the Digital Channels API (spec/digital-channels.md 5.1, seed 002).
var nexus = Table{
	Name: Nexus, Polls: true, CustomNotices: true, LiveUserData: true, Files: true,
	Original: nexusMessage, Failure: nexusFailure, SessionData: nexusSessionData,
	Session: nexusAnswer, Answer: nexusAnswer, History: nexusAnswer,
}

// own is Foyer's transport: Digital Channels shapes over sockets, so it refuses to poll.
var own = Table{
	Name: Foyer, Polls: false, CustomNotices: true, LiveUserData: true, Files: true,
	Original: nexusMessage, Failure: nexusFailure, SessionData: nexusSessionData,
	Session: nexusAnswer, Answer: nexusAnswer, History: nexusAnswer,
}

func nexusMessage(c Chat, e wire.Entry) map[string]any {
	cursor := wire.Cursor{Ms: e.Ms, Seq: e.Seq}.String()
	from := Object("participantId", e.From.ID, "type", role(e.From.Kind))
	put(from, "nickname", e.From.Nickname)
	m := Object(
		"id", e.ID, "from", from, "visibility", "All", "utcTime", iso(e.Ms), "streamId", cursor, "index", cursor,
	)
	switch e.Kind {
	case wire.KindMessage:
		m["type"], m["text"] = "Text", e.Text
	case wire.KindNotice:
		m["type"], m["text"] = "CustomNotice", e.Text
	default:
		m["type"], m["event"] = "System", nexusEvent(e.Kind)
	}
	if len(e.Data) > 0 {
		m["data"] = e.Data
	}
	return m
}

func nexusEvent(kind string) string {
	switch kind {
	case wire.KindJoined:
		return "ParticipantJoined"
	case wire.KindLeft:
		return "ParticipantLeft"
	case wire.KindState:
		return "InteractionStateChange"
	case wire.KindFile, wire.KindFileDeleted:
		return normalType(kind)
	}
	return "UserDataUpdated"
}

func nexusAnswer(c Chat, entries []wire.Entry) map[string]any {
	messages := make([]any, 0, len(entries))
	for _, e := range entries {
		messages = append(messages, nexusMessage(c, e))
	}
	data := nexusSessionData(c)
	data["messages"] = messages
	data["lastDeliveredIndex"] = c.Last.String()
	data["chatEnded"] = c.Over
	return Object("status", Object("code", "SUCCESS"), "data", data, "referenceId", c.Session)
}

func nexusFailure(p *wire.Problem) map[string]any {
	return Object("status", Object("code", nexusCode(p.Code), "message", p.Text))
}

// nexusCode is the code that pages localise as pureengage-v3-rest-<CODE>.
func nexusCode(c wire.Code) string {
	switch c {
	case wire.CodeDeployment, wire.CodeOrigin:
		return "INVALID_CONTACT_CENTER"
	case wire.CodeToken, wire.CodeTokenExpired:
		return "AUTHENTICATION_REQUIRED"
	case wire.CodeNoSession, wire.CodeSessionEnded:
		return "SESSION_NOT_FOUND"
	case wire.CodeFileType, wire.CodeFileRefused:
		return "INVALID_FILE_TYPE"
	case wire.CodeFileSize, wire.CodeFileTotal:
		return "LIMIT_FILE_SIZE"
	case wire.CodeFileCount:
		return "LIMIT_FILE_COUNT"
	case wire.CodeRate:
		return "TOO_MANY_REQUESTS"
	case wire.CodeBadRequest, wire.CodeBadFrame, wire.CodeTooLarge:
		return "BAD_REQUEST"
	}
	return "INTERNAL_ERROR"
}

func nexusSessionData(c Chat) map[string]any {
	return Object(
		"participantId", c.Participant, "sessionId", c.Session, "token", c.Handle, "transportId", c.Deployment,
	)
}
