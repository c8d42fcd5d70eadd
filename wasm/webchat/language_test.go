package webchat_test

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/view"
)

func TestAPageChoosesItsLanguage(t *testing.T) {
	s := newStage(t, nil)
	english, german := s.open("1"), s.open("2")
	german.configure("main", map[string]any{"lang": "de"})
	english.command("WebChat.open", nil)
	says(t, english, "First name")
	says(t, german, "Vorname")
	if got := german.must(t, ".cx-webchat").Attrs["lang"]; got != "de" {
		t.Errorf("the window's language is %q", got)
	}
}

func TestAPageSaysWordsOfItsOwn(t *testing.T) {
	own := map[string]any{"en": map[string]any{"webchat": map[string]any{"ChatTitle": "Ask us", "DayLabels": []any{"Sun"}}}}
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("main", map[string]any{"lang": "en-GB", "i18n": own})
	p.command("WebChat.open", nil)
	says(t, p, "Ask us", "First name")
	p.configure("main", map[string]any{"lang": "en"})
	says(t, p, "Live chat")
}

func TestAPageFetchesItsFileOfWords(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("main", map[string]any{"lang": "en", "i18n": "/words.json"})
	p.command("WebChat.open", nil)
	if p.tree != nil {
		t.Error("drawn in words that may be the wrong ones")
	}
	asked := p.served(t, "json")
	if asked.args["url"] != "/words.json" {
		t.Errorf("asked for %v", asked.args)
	}
	asked.done(true, map[string]any{"en": map[string]any{"webchat": map[string]any{"ChatTitle": "From a file"}}})
	s.loop.Run()
	says(t, p, "From a file")

	p.configure("main", map[string]any{"lang": "en", "i18n": "/gone.json"})
	p.served(t, "json").done(false, "404")
	s.loop.Run()
	says(t, p, "Live chat")
}

func TestALanguageIsNoPath(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("main", map[string]any{"lang": "../secret"})
	p.command("WebChat.open", nil)
	says(t, p, "Live chat")
}

func TestTimesAndScreensAsThePageSays(t *testing.T) {
	for name, test := range map[string]struct {
		part, key string
		value     any
		screen    string
		class     string
		clock     string
	}{
		"as the language does":  {"main", "", nil, "1440x900", "cx-desktop", "12:00 AM"},
		"24 hours":              {"webchat", "timeFormat", 24.0, "1440x900", "cx-desktop", "00:00"},
		"24 hours, everywhere":  {"main", "timeFormat", 24.0, "1440x900", "cx-desktop", "00:00"},
		"small screen":          {"main", "", nil, "390x844", "cx-mobile", "12:00 AM"},
		"always mobile":         {"main", "mobileMode", true, "1440x900", "cx-mobile", "12:00 AM"},
		"never mobile":          {"main", "mobileMode", false, "390x844", "cx-never-mobile", "12:00 AM"},
		"auto":                  {"main", "mobileMode", "auto", "390x844", "cx-mobile", "12:00 AM"},
		"its own breakpoint":    {"main", "mobileModeBreakpoint", 1500.0, "1440x900", "cx-mobile", "12:00 AM"},
		"one below ours":        {"main", "mobileModeBreakpoint", 400.0, "500x900", "cx-never-mobile", "12:00 AM"},
		"a number for a string": {"main", "lang", 12.0, "1440x900", "cx-desktop", "12:00 AM"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, nil)
			p := s.open("1")
			p.screen = test.screen
			p.configure(test.part, map[string]any{test.key: test.value})
			s.begin(t, p)
			s.push(message(2, agent, "hello", ""))
			if got := p.must(t, ".cx-webchat").Attrs["class"]; !strings.Contains(got, test.class) {
				t.Errorf("class %q, want %s", got, test.class)
			}
			if got := p.must(t, ".cx-time").Text; got != test.clock {
				t.Errorf("time %q, want %s", got, test.clock)
			}
		})
	}
}

func TestALanguageThatIsNotShippedRunsAsItShould(t *testing.T) {
	for _, test := range []struct {
		asked, lang, dir string
		own              map[string]any
	}{
		{"nl", "nl", "ltr", object("ChatTitle", "Chat met ons")},
		{"he-IL", "he-IL", "rtl", object("ChatTitle", "צ׳אט")},
		{"de-CH", "de", "ltr", object("ChatTitle", "Chat")},
		{"nl", "nl-BE", "ltr", object("Lang", "nl-BE")},
		{"nl", "en", "ltr", nil},
	} {
		s := newStage(t, nil)
		s.shipped = "en de"
		p := s.open("1")
		name, _, _ := strings.Cut(test.asked, "-")
		p.configure("main", object("lang", test.asked, "i18n", object(name, object("webchat", test.own))))
		p.command("WebChat.open", nil)
		window := p.must(t, ".cx-webchat")
		if got := window.Attrs["lang"] + " " + window.Attrs["dir"]; got != test.lang+" "+test.dir {
			t.Errorf("%s with %v: %s, want %s %s", test.asked, test.own, got, test.lang, test.dir)
		}
	}
}

func TestAPageWordsComingsAndGoings(t *testing.T) {
	bot := wire.Participant{ID: "b", Kind: "bot", Nickname: "Botty"}
	for _, test := range []struct {
		own  map[string]any
		want string
	}{
		{nil, "Chat started|Botty joined the chat|Botty left the chat|Bea joined the chat"},
		{object("BotConnected", "", "BotDisconnected", ""), "Chat started|Bea joined the chat"},
		{object("BotConnected", "<%Bot%> says hello", "AgentConnected", "Meet <%Agent%>", "ChatStarted", ""),
			"Botty says hello|Botty left the chat|Meet Bea"},
	} {
		s := newStage(t, nil)
		p := s.open("1")
		p.configure("main", object("i18n", object("en", object("webchat", test.own))))
		s.begin(t, p)
		s.push(wire.Entry{Seq: 2, Ms: 2000, ID: "e2", Kind: wire.KindJoined, From: bot},
			wire.Entry{Seq: 3, Ms: 3000, ID: "e3", Kind: wire.KindLeft, From: bot},
			wire.Entry{Seq: 4, Ms: 4000, ID: "e4", Kind: wire.KindJoined, From: agent})
		var lines []string
		walk(p.tree, func(n *view.Node) {
			if matches(n, ".cx-system") {
				lines = append(lines, textOf(n))
			}
		})
		if got := strings.Join(lines, "|"); got != test.want {
			t.Errorf("%v: %s, want %s", test.own, got, test.want)
		}
	}
}

func TestAPageWordsErrorsByTheVendorsNames(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	p.configure("main", object("i18n", object("en", object("webchat", object(
		"Errors", object("StartFailed", "Call us instead.", "Disconnected", "One moment…", "MessageFailed", "theirs"),
		"MessageFailed", "ours",
	)))))
	s.welcome()
	p.command("WebChat.open", nil)
	p.do(t, "form", "submit", view.Action{})
	_, asked := chattest.Take[*wire.Start](t, s.link)
	asked.Refuse(wire.CodeForbidden)
	s.loop.Run()
	says(t, p, "Call us instead.")
	p.do(t, "form", "submit", view.Action{})
	_, asked = chattest.Take[*wire.Start](t, s.link)
	asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: queued()})
	s.loop.Run()
	s.drop()
	says(t, p, "One moment…")
}
