package shape

import "foyer/relay/wire"

// pureCloud is purecloud-v2-sockets: the guest chat API (spec/guest-chat.md). Its sockets never poll, and its server
// took neither notices nor files nor data during a chat.
var pureCloud = Table{
	Name:     PureCloud,
	Original: guestMessage, Failure: guestFailure, SessionData: nexusSessionData,
	Session: guestSession, Answer: guestAnswer, History: guestHistory,
}

func guestMessage(c Chat, e wire.Entry) map[string]any {
	m := Object(
		"id", e.ID,
		"conversation", guestConversation(c),
		"sender", Object("id", e.From.ID),
		"timestamp", iso(e.Ms),
		"selfUri", guestPath(c)+"/messages/"+e.ID,
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

func guestPath(c Chat) string { return "/api/v2/webchat/guest/conversations/" + c.Session }

func guestConversation(c Chat) map[string]any {
	return Object("id", c.Session, "selfUri", guestPath(c))
}

func guestSession(c Chat, _ []wire.Entry) map[string]any {
	return Object(
		"id", c.Session, "jwt", c.Handle, "member", Object("id", c.Participant, "role", "CUSTOMER", "state", guestState(c)),
	)
}

// guestAnswer is the message that was sent; of what is no message (typing, leaving) only whose it was.
func guestAnswer(c Chat, entries []wire.Entry) map[string]any {
	if len(entries) > 0 {
		return guestMessage(c, entries[0])
	}
	return Object("conversation", guestConversation(c), "sender", Object("id", c.Participant))
}

func guestHistory(c Chat, entries []wire.Entry) map[string]any {
	all := make([]any, 0, len(entries))
	for _, e := range entries {
		all = append(all, guestMessage(c, e))
	}
	return Object("entities", all, "pageSize", len(all), "selfUri", guestPath(c)+"/messages")
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
