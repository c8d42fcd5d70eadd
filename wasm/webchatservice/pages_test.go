package webchatservice_test

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
)

// shown is what a page shows of the chat.
func (p *tab) shown() []string {
	var all []string
	for _, l := range p.stage.client.Conversation().Lines() {
		look := p.stage.service.Look(p, &l)
		switch {
		case look.Hidden || l.Text == "":
		case look.HTML:
			all = append(all, "html:"+look.Text)
		case look.Changed:
			all = append(all, look.Text)
		default:
			all = append(all, l.Text)
		}
	}
	return all
}

func preprocessor(n float64) map[string]any {
	return map[string]any{"preprocessor": map[string]any{"$fn": n}}
}

// changing is a function that changes the text of a message.
func changing(change func(text string) string) func([]any) (any, bool) {
	return func(args []any) (any, bool) {
		m := args[0].(map[string]any)
		if text, ok := m["text"].(string); ok {
			m["text"] = change(text)
		}
		return m, true
	}
}

func TestTheSessionIsEveryPagesAndConfigurationAndFunctionsAreEachOnes(t *testing.T) {
	s := newStage(t, nil)
	one, two := s.open(rest), s.open(sockets)
	s.begin(one)
	want(t, "the other knows", two.command("startChat", nil).String(), "rejected There is already an active chat session.")
	two.functions[1] = changing(func(text string) string { return text + "!" })
	two.command("registerPreProcessor", preprocessor(1))
	one.command("addPrefilter", map[string]any{"filters": re("secret", "")})

	s.push("Active", message(2, agent, "a secret", ""), message(3, agent, "hello", ""))
	want(t, "the one was told", one.texts(), "hello")
	want(t, "the one shows", one.shown(), []string{"hello"})
	want(t, "the other was told", two.texts(), "hello!")
	want(t, "the other shows", two.shown(), []string{"hello!"})

	last := func(p *tab) map[string]any {
		originals := p.last(t, "messageReceived")["originalMessages"].([]any)
		return originals[len(originals)-1].(map[string]any)
	}
	want(t, "the shape of the one", last(one)["text"], "hello")
	want(t, "the shape of the other", last(two)["body"], "hello")
	want(t, "polling of the one", one.command("startPoll", nil).state, "resolved")
	want(t, "polling of the other", two.command("startPoll", nil).state, "rejected")

	one.command("updateUserData", map[string]any{"a": "b"})
	data, _ := chattest.Take[*wire.UserData](t, s.link)
	want(t, "attached data is the session's", data.Data, map[string]any{"a": "b"})
	two.names()
	one.command("endChat", nil)
	want(t, "the end is everybody's", two.names(), "clientDisconnected ended")
}

func TestDataBeforeTheChatIsThePages(t *testing.T) {
	s := newStage(t, nil)
	one, two := s.open(rest), s.open(rest)
	one.command("updateUserData", map[string]any{"a": "one"})
	got := two.command("updateUserData", map[string]any{"b": "two"})
	want(t, "the other's", got.value, map[string]any{"b": "two"})
	want(t, "a chat from the window", s.service.UserData(one, map[string]any{"c": "open"}), map[string]any{"a": "one", "c": "open"})
}

func TestAPageThatComesLaterIsToldTheWholeChat(t *testing.T) {
	s := newStage(t, nil)
	one := s.open(rest)
	s.begin(one)
	s.push("Active", message(2, agent, "hello", ""))
	two := s.open(rest)
	want(t, "told", two.texts(), "hello")
	want(t, "as what was before", two.last(t, "messageReceived")["restoring"], true)
	want(t, "events", two.names(), "ready restored messageReceived clientConnected")
	s.done(3)
	three := s.open(rest)
	want(t, "a chat that is over is nothing to a new page", three.names(), "ready")
}

func TestFiltersHideWhatWasWrittenBeforeAndAfterARestore(t *testing.T) {
	stored := map[string]string{}
	s := newStage(t, stored)
	p := s.open(rest)
	s.begin(p)
	p.command("addPrefilter", map[string]any{"filters": []any{re("se\ncret", "gi"), re("code", "")}})
	p.command("sendFilteredMessage", map[string]any{"message": "token 17", "regex": re("token", "")})
	want(t, "never seen", p.shown(), []string(nil))
	send, asked := chattest.Take[*wire.Send](t, s.link)
	want(t, "sent", send.Text, "token 17")
	asked.Reply(&wire.Ack{Seq: 2, Ms: 2000, ClientID: send.ClientID})
	s.loop.Run()
	want(t, "not told", p.texts(), "")

	s = newStage(t, stored)
	p = s.open(rest)
	restored := running(1)
	restored.Entries = append(restored.Entries, message(2, visitor, "token 17", "id2"), message(3, agent, "a se\ncret", ""), message(4, agent, "hello", ""))
	s.welcome(restored)
	want(t, "told after the restore", p.texts(), "hello")
	want(t, "shown after the restore", p.shown(), []string{"hello"})
	all := p.command("addPrefilter", map[string]any{"filters": re("code", "")})
	want(t, "all of them", all.value, []any{re("se\ncret", "gi"), re("code", ""), re("token", "")})
	s.done(5)
	want(t, "they end with the session", stored[page.KeepFilters], "")
}

func TestARestoredChatIsToldInPagesWhateverFiltersAndFunctionsTakeTheirTime(t *testing.T) {
	s := newStage(t, map[string]string{page.KeepHandle: "h", page.KeepFilters: "s\n \"secret\"\n"})
	config := merge(rest, "transport", map[string]any{"type": "pureengage-v3-rest", "maxMessagePageSize": 3.0})
	p := s.open(config)
	p.functions[1] = changing(strings.ToUpper)
	p.command("registerPreProcessor", preprocessor(1))
	restored := running(1)
	restored.Entries = append(restored.Entries,
		message(2, agent, "a", ""), message(3, agent, "a secret", ""), message(4, agent, "b", ""), message(5, agent, "c", ""))
	s.welcome(restored)
	var pages []int
	for _, e := range p.events {
		if e.name == "messageReceived" {
			pages = append(pages, len(e.data.(map[string]any)["originalMessages"].([]any)))
		}
	}
	want(t, "pages", pages, []int{3, 2})
	want(t, "texts", p.texts(), "A, B, C")
}

func TestFiltersOfAnotherSessionAreNotTaken(t *testing.T) {
	s := newStage(t, map[string]string{page.KeepHandle: "h", page.KeepFilters: "another\n \"hello\"\n"})
	p := s.open(rest)
	restored := running(1)
	restored.Entries = append(restored.Entries, message(2, agent, "hello", ""))
	s.welcome(restored)
	want(t, "told", p.texts(), "hello")
}

func TestFiltersBeforeTheChatGoWithIt(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	p.command("addPrefilter", map[string]any{"filters": re("secret", "")})
	s.begin(p)
	s.push("Active", message(2, agent, "a secret", ""))
	want(t, "told", p.texts(), "")
	if s.site.stored[page.KeepFilters] == "" {
		t.Error("they are not kept")
	}
}

func TestPreprocessorsRunInOrderAndOneThatThrowsIsLeftOut(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.functions[1] = changing(func(text string) string { return text + "1" })
	p.functions[2] = func([]any) (any, bool) { return "it threw", false }
	p.functions[3] = func(args []any) (any, bool) { return nil, true } // forgets to return the message
	p.functions[4] = changing(func(text string) string { return text + "4" })
	for n := range 4 {
		p.command("registerPreProcessor", preprocessor(float64(n+1)))
	}
	s.push("Active", message(2, agent, "x", ""))
	want(t, "told", p.texts(), "x14")
	want(t, "shown", p.shown(), []string{"x14"})
	transcript := p.command("getTranscript", nil).field("messages").([]any)
	want(t, "in the transcript", transcript[1].(map[string]any)["text"], "x14")
}

func TestAPreprocessorThatNeverAnswersHoldsNothingUpForLong(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.command("registerPreProcessor", preprocessor(1))
	p.silent = true
	s.push("Active", message(2, agent, "hello", ""))
	want(t, "at first", p.texts(), "")
	s.loop.Advance(5 * time.Second)
	want(t, "then", p.texts(), "hello")
}

func TestPreprocessorsMayHideTurnIntoHTMLAndShowNotices(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	p.functions[1] = func(args []any) (any, bool) {
		m := args[0].(map[string]any)
		switch m["text"] {
		case "hide":
			m["type"] = ""
		case "bold":
			m["text"], m["html"] = "<b>bold</b>", true
		case "notice":
			m["type"] = "Message"
		}
		return m, true
	}
	p.command("registerPreProcessor", preprocessor(1))
	notice := message(4, agent, "notice", "")
	notice.Kind = wire.KindNotice
	s.push("Active", message(2, agent, "hide", ""), message(3, agent, "bold", ""), notice)
	want(t, "shown", p.shown(), []string{"html:<b>bold</b>", "notice"})
	line := chat.Line{Key: "e4", Kind: wire.KindNotice, Text: "notice"}
	want(t, "the notice is a message", s.service.Look(p, &line).Message, true)
	messages := p.last(t, "messageReceived")["messages"].([]any)
	want(t, "told as HTML", messages[1].(map[string]any)["html"], true)
	want(t, "its place in the log", messages[1].(map[string]any)["index"], int64(3))
}

func TestAMessageIsChangedOnceOnItsWayAndInTheLog(t *testing.T) {
	s := newStage(t, nil)
	p := s.open(rest)
	s.begin(p)
	calls := 0
	p.functions[1] = changing(func(text string) string { calls++; return text + "!" })
	p.command("registerPreProcessor", preprocessor(1))
	p.command("sendMessage", map[string]any{"message": "hi"})
	want(t, "on its way", p.shown(), []string{"hi!"})
	send, asked := chattest.Take[*wire.Send](t, s.link)
	asked.Reply(&wire.Ack{Seq: 2, Ms: 2000, ClientID: send.ClientID})
	s.loop.Run()
	want(t, "in the log", p.texts(), "hi!")
	want(t, "calls", calls, 1)
}

func TestAPageThatGoesWithAnOpenPollOrFunctionHarmsNobody(t *testing.T) {
	s := newStage(t, nil)
	one, two := s.open(rest), s.open(rest)
	s.begin(one)
	two.command("registerPreProcessor", preprocessor(1))
	two.silent = true
	s.push("Active", message(2, agent, "hello", ""))
	s.service.RemovePage(two)
	s.loop.Advance(10 * time.Second)
	want(t, "the other was told", one.texts(), "hello")
	want(t, "the one that went was not", two.texts(), "")
}
