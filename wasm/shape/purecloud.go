package shape

import "foyer/relay/wire"

// pureCloud is purecloud-v2-sockets: the guest chat API (spec/guest-chat.md). Its sockets never poll, and its server
// took neither notices nor files nor data during a chat.
var pureCloud = Table{
	Name:     PureCloud,
	Original: guestMessage, Answer: guestAnswer, Failure: guestFailure, SessionData: nexusSessionData,
}

func guestMessage(c Chat, e wire.Entry) map[string]any {
	path := "/api/v2/webchat/guest/conversations/" + c.Session
	m := Object(
		"id", e.ID,
		"conversation", Object("id", c.Session, "selfUri", path),
		"sender", Object("id", e.From.ID),
		"timestamp", iso(e.Ms),
		"selfUri", path+"/messages/"+e.ID,
	)
	switch e.Kind {
	case wire.KindMessage:
		m["body"], m["bodyType"] = e.Text, "standard"
	case wire.KindJoined:
		m["bodyType"] = "member-join"
	case wire.KindLeft:
		m["bodyType"] = "member-leave"
	default:
		m["body"], m["bodyType"] = e.Text, "notice"
	}
	put(m, "name", e.From.Nickname)
	return m
}

func guestAnswer(c Chat, entries []wire.Entry) map[string]any {
	if len(entries) == 1 {
		return guestMessage(c, entries[0])
	}
	all := make([]any, 0, len(entries))
	for _, e := range entries {
		all = append(all, guestMessage(c, e))
	}
	return Object(
		"id", c.Session, "jwt", c.Handle, "member", Object("id", c.Participant, "role", "CUSTOMER", "state", guestState(c)),
		"entities", all, "pageSize", len(all),
	)
}

func guestState(c Chat) string {
	if c.Over {
		return "DISCONNECTED"
	}
	return "CONNECTED"
}

func guestFailure(p *wire.Problem) map[string]any {
	return Object("status", wire.Means(p.Code).HTTP, "code", guestCode(p.Code), "message", p.Text)
}

func guestCode(c wire.Code) string {
	switch c {
	case wire.CodeToken, wire.CodeTokenExpired:
		return "chat.deployment.require.auth"
	case wire.CodeNoSession, wire.CodeSessionEnded:
		return "chat.error.conversation.state"
	case wire.CodeBadRequest, wire.CodeBadFrame, wire.CodeTooLarge:
		return "bad.request"
	case wire.CodeRate:
		return "too.many.requests"
	}
	return "internal.server.error"
}
