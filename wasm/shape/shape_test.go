package shape

import (
	"reflect"
	"testing"

	"foyer/relay/wire"
)

var chat = Chat{
	Session: "s1", Participant: "v1", Handle: "h1", Deployment: "demo", Last: wire.Cursor{Ms: 1625826338845, Seq: 7},
}

var (
	visitor = wire.Participant{ID: "v1", Kind: "visitor", Nickname: "Ada"}
	agent   = wire.Participant{ID: "a1", Kind: "agent", Nickname: "Grace"}
	system  = wire.Participant{ID: "00000000-0000-0000-0000-000000000000", Kind: "system"}
)

func TestAPageIsShownTheTransportThatItsConfigurationNames(t *testing.T) {
	cases := []struct {
		name    string
		webchat map[string]any
		want    string
		polls   bool
	}{
		{"nothing configured", nil, Foyer, false},
		{"seed 003's example", map[string]any{"transport": map[string]any{"type": "purecloud-v2-sockets", "dataURL": "https://api.mypurecloud.com"}}, PureCloud, false},
		{"Digital Channels", map[string]any{"transport": map[string]any{"type": "pureengage-v3-rest"}}, Nexus, true},
		{"seed 002's sample leaves the type empty", map[string]any{"transport": map[string]any{"type": "", "dataURL": ""}}, Foyer, false},
		{"the classic configuration", map[string]any{"dataURL": "https://h/genesys/2/chat/s", "apikey": "k"}, GMS, true},
		{"an empty dataURL is none", map[string]any{"dataURL": ""}, Foyer, false},
		{"a custom transport's name", map[string]any{"transport": "PureWebChatTransport"}, Foyer, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := For(c.webchat)
			if got.Name != c.want || got.Polls != c.polls {
				t.Errorf("got %q polls %v, want %q polls %v", got.Name, got.Polls, c.want, c.polls)
			}
		})
	}
}

func TestOriginalMessagesHaveTheShapeOfTheTransport(t *testing.T) {
	state := wire.Entry{Seq: 0, Ms: 1625826338845, ID: "m1", Kind: wire.KindState, From: system, Data: map[string]any{"interactionState": "Finalizing"}}
	text := wire.Entry{Seq: 7, Ms: 1625826338845, ID: "m2", Kind: wire.KindMessage, From: agent, Text: "hi"}
	joined := wire.Entry{Seq: 1, Ms: 1625826338845, ID: "m3", Kind: wire.KindJoined, From: visitor}
	cases := []struct {
		name  string
		table Table
		entry wire.Entry
		want  map[string]any
	}{
		{"Digital Channels, seed 002's state change", nexus, state, map[string]any{
			"type": "System", "from": map[string]any{"participantId": system.ID, "type": "System"}, "visibility": "All",
			"id": "m1", "event": "InteractionStateChange", "data": map[string]any{"interactionState": "Finalizing"},
			"utcTime": "2021-07-09T10:25:38.845Z", "streamId": "1625826338845-0", "index": "1625826338845-0"}},
		{"Foyer's own, the same", own, text, map[string]any{
			"type": "Text", "text": "hi", "from": map[string]any{"participantId": "a1", "type": "Agent", "nickname": "Grace"},
			"visibility": "All", "id": "m2", "utcTime": "2021-07-09T10:25:38.845Z", "streamId": "1625826338845-7", "index": "1625826338845-7"}},
		{"guest chat, a message", pureCloud, text, map[string]any{
			"id": "m2", "name": "Grace", "body": "hi", "bodyType": "standard", "timestamp": "2021-07-09T10:25:38.845Z",
			"conversation": map[string]any{"id": "s1", "selfUri": "/api/v2/webchat/guest/conversations/s1"},
			"sender":       map[string]any{"id": "a1"}, "selfUri": "/api/v2/webchat/guest/conversations/s1/messages/m2"}},
		{"guest chat, a join", pureCloud, joined, map[string]any{
			"id": "m3", "name": "Ada", "bodyType": "member-join", "timestamp": "2021-07-09T10:25:38.845Z",
			"conversation": map[string]any{"id": "s1", "selfUri": "/api/v2/webchat/guest/conversations/s1"},
			"sender":       map[string]any{"id": "v1"}, "selfUri": "/api/v2/webchat/guest/conversations/s1/messages/m3"}},
		{"GMS, the visitor joins", gms, joined, map[string]any{
			"index": int64(1), "type": "ParticipantJoined", "utcTime": int64(1625826338845),
			"from": map[string]any{"nickname": "Ada", "participantId": 1, "type": "Client"}}},
		{"GMS, an agent's message", gms, text, map[string]any{
			"index": int64(7), "type": "Message", "utcTime": int64(1625826338845), "text": "hi",
			"from": map[string]any{"nickname": "Grace", "participantId": 2, "type": "Agent"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.table.Original(chat, c.entry); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

// Each answer must tell a page of that transport what its pages read: the session, what was written, what is in the log.
func TestAnswersHaveTheShapeOfTheTransport(t *testing.T) {
	sent := []wire.Entry{{Seq: 7, Ms: 1625826338845, ID: "m2", Kind: wire.KindMessage, From: visitor, Text: "hi"}}
	none := []wire.Entry(nil)
	conversation := map[string]any{"id": "s1", "selfUri": "/api/v2/webchat/guest/conversations/s1"}
	nexusAll := func(messages ...any) map[string]any {
		return map[string]any{
			"status": map[string]any{"code": "SUCCESS"}, "referenceId": "s1",
			"data": map[string]any{
				"participantId": "v1", "sessionId": "s1", "token": "h1", "transportId": "demo",
				"messages": append([]any{}, messages...), "lastDeliveredIndex": "1625826338845-7", "chatEnded": false,
			},
		}
	}
	gmsAll := func(messages ...any) map[string]any {
		return map[string]any{
			"statusCode": 0, "chatId": "s1", "chatEnded": false, "nextPosition": chat.Last.GMSPosition(),
			"secureKey": "h1", "sessionID": "s1", "alias": "1", "userId": "v1", "messages": append([]any{}, messages...),
		}
	}
	for _, c := range []struct {
		name    string
		answer  func(Chat, []wire.Entry) map[string]any
		entries []wire.Entry
		want    map[string]any
	}{
		{"Digital Channels, a session", nexus.Session, sent, nexusAll(nexusMessage(chat, sent[0]))},
		{"Digital Channels, a message", nexus.Answer, sent, nexusAll(nexusMessage(chat, sent[0]))},
		{"Digital Channels, typing", nexus.Answer, none, nexusAll()},
		{"Digital Channels, history", nexus.History, sent, nexusAll(nexusMessage(chat, sent[0]))},
		{"GMS, a session", gms.Session, sent, gmsAll(gmsMessage(chat, sent[0]))},
		{"GMS, a message", gms.Answer, sent, gmsAll(gmsMessage(chat, sent[0]))},
		{"GMS, typing", gms.Answer, none, gmsAll()},
		{"GMS, history", gms.History, sent, gmsAll(gmsMessage(chat, sent[0]))},
		{"guest chat, a session", pureCloud.Session, sent, map[string]any{
			"id": "s1", "jwt": "h1", "member": map[string]any{"id": "v1", "role": "CUSTOMER", "state": "CONNECTED"}}},
		{"guest chat, a message", pureCloud.Answer, sent, guestMessage(chat, sent[0])},
		{"guest chat, typing", pureCloud.Answer, none, map[string]any{"conversation": conversation, "sender": map[string]any{"id": "v1"}}},
		{"guest chat, history of one message", pureCloud.History, sent, map[string]any{
			"entities": []any{guestMessage(chat, sent[0])}, "pageSize": 1, "selfUri": "/api/v2/webchat/guest/conversations/s1/messages"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.answer(chat, c.entries); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestSessionDataHasTheSeedsShape(t *testing.T) {
	v3 := map[string]any{"participantId": "v1", "sessionId": "s1", "token": "h1", "transportId": "demo"}
	for _, c := range []struct {
		name  string
		table Table
		want  map[string]any
	}{
		{"GMS", gms, map[string]any{"secureKey": "h1", "sessionID": "s1", "alias": "1", "userId": "v1"}},
		{"Digital Channels", nexus, v3},
		{"Foyer's own", own, v3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.table.SessionData(chat); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestEveryNormalMessageNamesItsSender(t *testing.T) {
	for _, kind := range []string{wire.KindMessage, wire.KindNotice, wire.KindJoined, wire.KindLeft, wire.KindState, wire.KindData, "unheard-of"} {
		m := Message(chat, wire.Entry{Kind: kind, From: system})
		from, ok := m["from"].(map[string]any)
		if !ok || from["type"] != "System" || m["type"] == "" {
			t.Errorf("%s: %v", kind, m)
		}
	}
}

func TestEveryErrorHasAFailureInEveryShape(t *testing.T) {
	for _, code := range wire.Codes() {
		p := wire.Problemf(code, "why")
		if s := nexus.Failure(p)["status"].(map[string]any); s["code"] == "" || s["message"] != "why" {
			t.Errorf("nexus %s: %v", code, s)
		}
		if s := pureCloud.Failure(p); s["status"] != wire.Means(code).HTTP || s["message"] != "why" {
			t.Errorf("guest %s: %v", code, s)
		}
		want := 2
		if wire.Means(code).Retry {
			want = 1
		}
		if s := gms.Failure(p); s["statusCode"] != want {
			t.Errorf("gms %s: %v, want statusCode %d", code, s, want)
		}
	}
}
