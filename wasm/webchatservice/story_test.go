package webchatservice_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
)

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n got %v\nwant %v", what, got, want)
	}
}

func TestAChatFromBeginningToEnd(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	want(t, "at first", p.names(), "ready")
	s.begin(p)
	started := p.last(t, "started")
	want(t, "Started and started", p.last(t, "Started"), started)
	want(t, "the session of the answer", started["data"].(map[string]any)["sessionId"], "s")
	data := p.last(t, "clientConnected")
	want(t, "nobody is there yet", data["numAgentsConnected"], 0)
	want(t, "it begins", p.names(), "Started started messageReceived clientConnected ajaxResponse")

	s.accept()
	data = p.last(t, "agentConnected")
	want(t, "the agent who came", data["message"].(map[string]any)["from"], map[string]any{
		"type": "Agent", "name": "Bea", "nickname": "Bea", "id": "a", "participantId": "a"})
	want(t, "how many are there", data["numAgentsConnected"], 1)
	want(t, "an agent comes", p.names(), "messageReceived agentConnected")

	s.frame(&wire.Typing{Session: "s", On: true, From: agent})
	want(t, "who types", p.last(t, "agentTypingStarted")["from"].(map[string]any)["id"], "a")
	want(t, "typing", p.names(), "agentTypingStarted")
	s.push("Active", message(3, agent, "hello", ""))
	data = p.last(t, "messageReceived")
	want(t, "restoring", data["restoring"], false)
	want(t, "session data", data["sessionData"].(map[string]any)["token"], jwt)
	want(t, "the text", p.texts(), "hello")
	want(t, "a message ends typing", p.names(), "messageReceived agentTypingStopped")

	s.done(4)
	data = p.last(t, "messageReceived")
	var states []any
	for _, m := range data["originalMessages"].([]any) {
		if m := m.(map[string]any); m["type"] == "System" && m["event"] == "InteractionStateChange" {
			states = append(states, m["data"].(map[string]any)["interactionState"])
		}
	}
	want(t, "state changes", states, []any{"Finalizing", "Completed"})
	want(t, "the end", p.names(), "messageReceived agentDisconnected ended")
	s.loop.Advance(time.Minute)
	want(t, "nothing follows", p.names(), "")
	want(t, "the transcript outlives the chat", len(p.command("getTranscript", nil).field("messages").([]any)), 6)
}

func TestTheVisitorEndsTheChat(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.names()
	p.command("endChat", nil)
	want(t, "at once", p.names(), "ajaxResponse clientDisconnected ended")
	s.push("Ended", wire.Entry{Seq: 2, Kind: wire.KindLeft, From: visitor, Data: map[string]any{"reason": "ended"}})
	if names := p.names(); strings.Contains(names, "ended") {
		t.Errorf("told again: %s", names)
	}
}

func TestCommandsAfterTheEnd(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.command("endChat", nil)
	data := map[string]any{"message": "too late", "regex": re("a", "")}
	for name, text := range map[string]string{
		"endChat": "There is no active chat session.", "sendMessage": "There is no active chat session.",
		"sendTyping": "There is no active chat session.", "sendFilteredMessage": "No active chat session.",
		"startPoll": "No active chat session.",
	} {
		want(t, name, p.command(name, data).String(), "rejected "+text)
	}
	again := p.command("startChat", nil)
	_, asked := chattest.Take[*wire.End](t, s.link) // the old one's end comes first
	asked.Reply(&wire.Ack{})
	next := queued()
	next.Session = "next"
	s.started(next)
	want(t, "another chat", again.state, "resolved")
	want(t, "its session", again.field("data", "sessionId"), "next")
}

func TestTwoStartsAtOnceAreOneChat(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.welcome()
	first, second := p.command("startChat", nil), p.command("startChat", nil)
	want(t, "the second", second.String(), "rejected There is already an active chat session.")
	s.started(queued())
	want(t, "the first", first.state, "resolved")
	if s.link.Open() != 0 {
		t.Error("the relay was asked for a second chat")
	}
}

func TestAStartThatIsEndedBeforeItBeganIsRejected(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	start := p.command("startChat", nil)
	p.command("endChat", nil)
	want(t, "the start", start.state, "rejected")
}

func TestAStartThatTheRelayRefusesToHear(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	start := p.command("startChat", nil)
	s.client.Deny(wire.CodeOrigin)
	s.loop.Run()
	want(t, "rejected", start.state, "rejected")
	want(t, "with its reason", start.field("status", "code"), "INVALID_CONTACT_CENTER")
	p.last(t, "error")
	want(t, "nothing is left of it", s.client.Phase(), chat.None)
}

func TestUserDataOfAllPlacesGoesWithTheStart(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(merge(rest, "userData", map[string]any{"a": "config", "b": "config", "c": "config"}))
	s.welcome()
	p.command("updateUserData", map[string]any{"b": "update", "c": "update"})
	p.command("startChat", map[string]any{"userData": map[string]any{"c": "start"}, "firstname": "Ann", "email": "a@b.example"})
	start := s.started(queued())
	want(t, "user data", start.UserData, map[string]any{"a": "config", "b": "update", "c": "start"})
	want(t, "form", []string{start.FirstName, start.Email, start.Page}, []string{"Ann", "a@b.example", "P"})
}

func TestNamesMayBeInAForm(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.welcome()
	p.command("startChat", map[string]any{"firstname": "Ann", "form": map[string]any{
		"firstname": "Bob", "lastname": "Lee", "subject": 7.0, "nickname": "Annie", "email": "a@b.example",
	}})
	start := s.started(queued())
	want(t, "form", []string{start.FirstName, start.LastName, start.Subject, start.Nickname, start.Email},
		[]string{"Ann", "Lee", "7", "Annie", "a@b.example"})
}

func TestStrangeUserData(t *testing.T) {
	for name, data := range map[string]any{
		"a text": "x", "a list": []any{}, "a number": 1.0, "a function in it": map[string]any{"a": map[string]any{"$fn": 1.0}},
		"an element in a list in it": map[string]any{"a": []any{map[string]any{"$el": 1.0}}},
	} {
		s := newStage(t, nil)
		p := s.open(rest)
		got := p.command("startChat", map[string]any{"userData": data})
		want(t, name, got.String(), "rejected malformed data object provided in userData property.")
	}
}

func TestOptionsThatAreNoObject(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	for _, data := range []any{nil, 0.0, "text", []any{}, []any{[]any{}}, map[string]any{"message": map[string]any{}}} {
		for _, name := range []string{"sendMessage", "addPrefilter", "registerPreProcessor", "registerTypingPreviewInput", "sendFile"} {
			if got := p.command(name, data); got.state != "rejected" {
				t.Errorf("%s with %v: %v", name, data, got)
			}
		}
	}
}

func TestAMessageThatIsTooLongIsRejectedAndNotShown(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(gms)
	s.begin(p)
	got := p.command("sendMessage", map[string]any{"message": strings.Repeat("x", 100_000)})
	want(t, "rejected", got.state, "rejected")
	want(t, "in the shape of the page's transport", fmt.Sprint(got.field("errors")), "[map[advice:a message may have 4000 characters, not 100000 code:204]]")
	want(t, "lines", len(s.client.Conversation().Lines()), 1)
}

func TestARefusedMessageIsNotShownAnyLonger(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	got := p.command("sendMessage", map[string]any{"message": "hi"})
	_, asked := chattest.Take[*wire.Send](t, s.link)
	asked.Refuse(wire.CodeBadRequest)
	s.loop.Run()
	want(t, "rejected", got.state, "rejected")
	want(t, "lines", len(s.client.Conversation().Lines()), 1)
}

func TestAMessageWaitsForTheConnection(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.drop(0)
	got := p.command("sendMessage", map[string]any{"message": "hi"})
	want(t, "while it is gone", got.state, "pending")
	s.welcome(queued())
	send, asked := chattest.Take[*wire.Send](t, s.link)
	asked.Reply(&wire.Ack{Seq: 2, Ms: 2000, ClientID: send.ClientID})
	s.loop.Run()
	want(t, "when it is back", got.state, "resolved")
	want(t, "the message", p.texts(), "hi")
}

func TestTheConnectionComesAndGoes(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.names()
	s.drop(2)
	want(t, "gone", p.names(), "error error disconnected chatServerWentOffline")
	s.welcome(queued())
	want(t, "back", p.names(), "reconnected chatServerBackOnline")
}

func TestPollExceptionLimitIsHowManyFailuresAPollingPageHearsNothingOf(t *testing.T) {
	s := newStage(t, nil)
	polls := s.open(merge(rest, "pollExceptionLimit", 2.0))
	pushed := s.open(merge(sockets, "pollExceptionLimit", 2.0))
	s.begin(polls)
	polls.names()
	pushed.names()
	s.drop(1)
	want(t, "one failure, polling", polls.names(), "error")
	want(t, "one failure, sockets", pushed.names(), "error disconnected chatServerWentOffline")
	polls.command("resetPollExceptions", nil)
	s.service.Unreachable(nil)
	s.loop.Run()
	want(t, "one after the reset", polls.names(), "error")
	s.service.Unreachable(nil)
	s.loop.Run()
	want(t, "two", polls.names(), "error disconnected chatServerWentOffline")
}

func TestAPageThatStoppedPollingHearsNothingUntilItPollsAgain(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.command("stopPoll", nil)
	p.names()
	s.push("Active", message(2, agent, "one", ""))
	want(t, "stopped", p.names(), "")
	p.commandFrom("WebChatService", "poll", nil)
	want(t, "one poll", p.texts(), "one")
	p.names()
	s.push("Active", message(3, agent, "two", ""))
	want(t, "stopped still", p.names(), "")
	p.command("startPoll", nil)
	want(t, "started", p.texts(), "two")
	want(t, "events", p.names(), "pollingStarted messageReceived")
}

func TestAPollAtATime(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	var results []string
	for range 2 {
		c := page.NewCommand("WebChatService.poll", nil, func(ok bool, value any) { results = append(results, fmt.Sprint(ok, " ", value)) })
		c.From = "WebChatService"
		s.service.Command(p, c)
	}
	s.loop.Run()
	want(t, "two at once", results, []string{"false previous poll has not finished.", "true <nil>"})
}

func TestTypingOfBothSides(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.accept()
	p.names()
	p.command("sendTyping", map[string]any{"message": "hel"})
	want(t, "the relay is told", len(chattest.TakeTold[*wire.Typing](s.link)), 1)
	s.loop.Advance(chat.TypingIdle)
	want(t, "the client", p.names(), "ajaxResponse clientTypingStarted clientTypingStopped")
	s.frame(&wire.Typing{Session: "s", On: true, From: agent})
	s.frame(&wire.Typing{Session: "s", On: false, From: agent})
	want(t, "the agent stops", p.names(), "agentTypingStarted agentTypingStopped")
	s.frame(&wire.Typing{Session: "s", On: true, From: agent})
	s.loop.Advance(chat.TypingFades)
	want(t, "the agent is not heard of again", p.names(), "agentTypingStarted agentTypingTimeout agentTypingStopped")
}

func TestOthersWhoComeAndGo(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.names()
	bot := wire.Participant{ID: "b", Kind: "bot", Nickname: "Robo"}
	boss := wire.Participant{ID: "u", Kind: "supervisor", Nickname: "Cleo"}
	s.push("Active",
		wire.Entry{Seq: 2, Ms: 2000, Kind: wire.KindJoined, From: bot}, wire.Entry{Seq: 3, Ms: 3000, Kind: wire.KindLeft, From: bot},
		wire.Entry{Seq: 4, Ms: 4000, Kind: wire.KindJoined, From: boss}, wire.Entry{Seq: 5, Ms: 5000, Kind: wire.KindLeft, From: boss})
	want(t, "events", p.names(), "messageReceived botConnected botDisconnected supervisorConnected supervisorDisconnected")
	agents := p.command("getAgents", nil).field("agents")
	want(t, "agents", agents, map[string]any{"u": map[string]any{
		"name": "Cleo", "connected": false, "supervisor": true, "connectedTime": int64(4000), "disconnectedTime": int64(5000)}})
}

func TestFileOfTenThatIsRefusedRejectsAndTheOthersAreSent(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	one := oneFile["files"].([]any)[0]
	got := p.command("sendFile", map[string]any{"files": []any{one, one, one, one, one, one, one, one, one, one}})
	s.answer("limits", limits(nil))
	want(t, "ten where five are allowed", got.state, "rejected")
	for seq := int64(2); seq <= 6; seq++ {
		id := s.carrier.open[0].ClientID
		s.carrier.open = s.carrier.open[1:]
		s.push("Active", wire.Entry{Seq: seq, Kind: wire.KindFile, From: visitor, ClientID: id})
	}
	want(t, "five are under way", len(s.carrier.open), 0)
}

func TestADownloadIsOfferedUnderItsName(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	s.push("Active", wire.Entry{Seq: 2, Kind: wire.KindFile, From: agent, Data: map[string]any{"fileId": "F", "name": "plan.pdf"}})
	p.command("downloadFile", map[string]any{"fileId": "F"})
	s.carrier.open[0].done(answerBlob)
	s.loop.Run()
	want(t, "saved as", p.saved[0]["name"], "plan.pdf")
}
