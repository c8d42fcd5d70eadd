package webchat_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/view"
	"foyer/wasm/webchat"
)

func object(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func TestEmojisArePutIntoTheMessageOnThePage(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	if p.find(".cx-emoji") != nil {
		t.Error("a page that asks for no emojis has them")
	}
	p.configure("webchat", object("emojis", true))
	if p.find(".cx-emojis") == nil || p.sees(".cx-emojis") {
		t.Error("a page that has emojis of its own finds no place for them, or the visitor sees it")
	}
	p.click(t, ".cx-emoji-button")
	if p.must(t, ".cx-emoji-button").Attrs["aria-expanded"] != "true" || !p.sees(".cx-emoji.cx-open") || !p.sees(".cx-emojis") {
		t.Error("the picker is not open, or its button does not say so")
	}
	if h := p.must(t, ".cx-emojis").On[0]; h.Insert != "message" {
		t.Errorf("handler %+v puts nothing into the message", h)
	}
	p.do(t, ".cx-webchat", "keydown", view.Action{Press: "Escape"})
	if p.sees(".cx-emojis") || p.find(".cx-minimized") != nil || !strings.Contains(p.focus, "cx-emoji") {
		t.Errorf("Escape closes the picker and goes back to its button: focus in %q", p.focus)
	}
}

func TestCharactersAreCountedAndLimited(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.configure("webchat", object("charCountEnabled", true, "maxMessageLength", 20.0))
	if got, cut := p.must(t, ".cx-message-input").Attrs["maxlength"]; cut {
		t.Errorf("what is pasted is cut at %s", got)
	}
	for _, test := range []struct{ written, count, said string }{
		{"", "0/20", ""},
		{"äöü", "3/20", ""},
		{"👍👍", "4/20", ""},
		{strings.Repeat("a", 15), "15/20", "5 characters left"},
		{strings.Repeat("a", 17), "17/20", "5 characters left"},
		{strings.Repeat("a", 18), "18/20", "2 characters left"},
		{strings.Repeat("a", 20), "20/20", "0 characters left"},
		{strings.Repeat("a", 21), "21/20", ""}, // see TestAMessageThatIsTooLongIsKept
	} {
		p.do(t, ".cx-message-input", "input", view.Action{Value: test.written})
		count := p.must(t, ".cx-char-count")
		if count.Children[0].Text != test.count || count.Children[1].Text != test.said {
			t.Errorf("%q: %q and %q", test.written, count.Children[0].Text, count.Children[1].Text)
		}
	}
}

func TestCharactersAreCountedUnaskedWhereHardlyAnyAreLeft(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	p.configure("webchat", object("maxMessageLength", 20.0))
	for written, shown := range map[int]bool{0: false, 17: false, 18: true, 20: true} {
		p.do(t, ".cx-message-input", "input", view.Action{Value: strings.Repeat("a", written)})
		if got := p.find(".cx-char-count") != nil; got != shown {
			t.Errorf("%d of 20 written: shown %v", written, got)
		}
	}
}

func TestSoundWhenSomebodyWritesAndNobodyLooks(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	heard := func() (n int) {
		for _, c := range p.calls {
			if c.service == "sound" {
				n++
			}
		}
		p.calls = nil
		return n
	}
	s.push(message(3, agent, "seen", ""))
	if heard() != 0 {
		t.Error("a message before the visitor's eyes sounds")
	}
	p.click(t, ".cx-button-minimize")
	s.push(message(4, agent, "unseen", ""), message(5, agent, "too", ""))
	if got := heard(); got != 1 {
		t.Errorf("%d sounds for one push", got)
	}
	s.push(message(6, visitor, "from another device", "x"))
	if heard() != 0 {
		t.Error("an own message sounds")
	}
	p.click(t, ".cx-button-minimize")
	p.click(t, ".cx-mute")
	if p.must(t, ".cx-mute").Attrs["aria-pressed"] != "true" || s.site.stored["muted"] == "" {
		t.Error("not muted, or not kept")
	}
	p.click(t, ".cx-button-minimize")
	s.push(message(7, agent, "quiet", ""))
	if heard() != 0 {
		t.Error("muted, and it sounds")
	}
}

func TestDaysAreSeparated(t *testing.T) {
	const day = 24 * 60 * 60 * 1000
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	today := s.loop.Now().UnixMilli()
	at := func(seq, ms int64) wire.Entry {
		e := message(seq, agent, "m", "")
		e.Ms = ms
		return e
	}
	s.push(at(2, 1000), at(3, today-day), at(4, today), at(5, today))
	var days []string
	walk(p.tree, func(n *view.Node) {
		if n.Attrs["class"] == "cx-day-text" {
			days = append(days, n.Text)
		}
	})
	yesterday := time.UnixMilli(today - day).UTC().Format("en Jan 2")
	if want := []string{"en Jan 1", yesterday, "Today"}; !reflect.DeepEqual(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
}

func TestEarlierMessagesComeWhenTheReaderReachesTheTop(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	var many []wire.Entry
	for i := range 250 {
		many = append(many, message(int64(2+i), agent, "m", ""))
	}
	s.push(many...)
	p.do(t, ".cx-transcript", "scroll", view.Action{Value: "120"})
	if p.find("#cx-chat-index-60") != nil {
		t.Error("drawn before the top was reached")
	}
	p.do(t, ".cx-transcript", "scroll", view.Action{Value: ""})
	p.must(t, "#cx-chat-index-60")
}

func TestOneMessageMoreCostsNoMoreInALongChat(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	var many []wire.Entry
	for i := range 1000 {
		many = append(many, message(int64(2+i), agent, "m", ""))
	}
	s.push(many...)
	root := view.NewRoot()
	root.Update(p.tree)
	s.push(message(1002, agent, "one more", ""))
	if ops := root.Update(p.tree); len(ops) > 20 {
		t.Errorf("%d differences for one message", len(ops))
	}
}

func TestAPagePutsItsOwnMessagesIn(t *testing.T) {
	s := newStage(t, nil)
	one, two := s.open("1"), s.open("2")
	if got := one.command("WebChat.injectMessage", object("text", "x")); got != "false No chat session to inject into" {
		t.Errorf("without a chat: %q", got)
	}
	s.begin(t, one)
	s.push(message(2, agent, "before", ""))
	if got := one.command("WebChat.injectMessage", object("type", "text", "name", "Shop", "text", "<b>1</b>")); got != `true map[$select:[id="cx-injected-1"]]` {
		t.Errorf("injected: %q", got)
	}
	one.command("WebChat.injectMessage", object("type", "html", "text", "<b>2</b>", "custom", true))
	one.command("WebChat.injectMessage", object("type", "html", "text", object("$el", 7.0), "bubble", object("direction", "right")))
	if got := one.served(t, "place"); !reflect.DeepEqual(got.args["el"], object("$el", 7.0)) {
		t.Errorf("placed %v", got.args)
	}
	s.push(message(3, agent, "after", ""))
	var order []string
	for _, n := range one.must(t, ".cx-transcript").Children {
		order = append(order, n.Key)
	}
	if want := "day 1970-01-01 e1 e2 cx-injected-1 cx-injected-2 cx-injected-3 e3"; strings.Join(order, " ") != want {
		t.Errorf("order %v", order)
	}
	if n := one.must(t, "#cx-injected-1"); !strings.Contains(textOf(n), "<b>1</b>") {
		t.Errorf("text is text: %q", textOf(n))
	}
	if n := one.must(t, "#cx-injected-2"); n.Children[0].HTML != "<b>2</b>" {
		t.Errorf("HTML of the page: %+v", n.Children[0])
	}
	if two.find("#cx-injected-1") != nil {
		t.Error("another page shows it")
	}
	if got := strings.Count(one.published(), "messageAdded"); got != 6 {
		t.Errorf("%d times messageAdded, want 6", got)
	}
}

func TestWhatAPageAsksForBeforeTheTextsHaveComeIsThereWithTheWindow(t *testing.T) {
	var come func()
	s := newStage(t, nil, func(_ *stage, o *webchat.Options) {
		fetch := o.Texts
		o.Texts = func(lang string, done func(map[string]string)) { come = func() { fetch(lang, done) } }
	})
	p := s.open("1")
	p.published()
	opened := p.command("WebChat.open", object("formJSON", described()))
	overlaid := p.command("WebChat.showOverlay", object("html", "<p>x</p>"))
	if opened != "open" || overlaid != "open" || p.published() != "" || p.tree != nil {
		t.Fatalf("open %q, overlay %q, events %q: told before there was a window", opened, overlaid, p.events)
	}
	come()
	s.loop.Run()
	p.must(t, ".cx-overlay")
	if got := p.published(); got != "WebChat.opened" {
		t.Errorf("published %q, want WebChat.opened once", got)
	}
	p.command("WebChat.hideOverlay", nil)
	p.must(t, "#product")
}

func TestAPageLaysSomethingOverTheWindow(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	if got := p.command("WebChat.showOverlay", object("html", "<p>x</p>")); got != "false WebChat is not open" {
		t.Errorf("closed: %q", got)
	}
	s.begin(t, p)
	if got := p.command("WebChat.showOverlay", object("html", 5.0)); got != "false an overlay needs html" {
		t.Errorf("a number: %q", got)
	}
	p.command("WebChat.showOverlay", object("html", "<p>x</p>", "hideFooter", true))
	if p.must(t, ".cx-overlay-content").HTML != "<p>x</p>" || p.sees(".cx-footer") {
		t.Error("the overlay is not there, or the footer still is")
	}
	if _, inert := p.must(t, ".cx-transcript-wrapper").Attrs["inert"]; !inert {
		t.Error("the keyboard gets behind the overlay")
	}
	if got := p.command("WebChat.hideOverlay", nil); got != "true <nil>" || p.find(".cx-overlay") != nil {
		t.Errorf("hidden: %q", got)
	}
	if got := p.command("WebChat.hideOverlay", nil); got != "false there is no overlay" {
		t.Errorf("hidden twice: %q", got)
	}

	p.command("WebChat.showOverlay", object("html", object("$el", 3.0)))
	p.served(t, "place")
	s.push(message(2, agent, "x", ""))
	p.command("WebChat.minimize", object("minimized", true))
	p.command("WebChat.minimize", object("minimized", false))
	for _, c := range p.calls {
		if c.service == "place" {
			t.Error("placed again although it is there")
		}
	}
}

func TestInvitation(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	if got := p.command("WebChat.invite", nil); got != "true <nil>" {
		t.Errorf("settled with %q", got)
	}
	says(t, p, "Need help?")
	if got := p.served(t, "announce").args["text"]; got != "Need help? Would you like to chat with us?" {
		t.Errorf("announced %q", got)
	}
	p.click(t, ".cx-btn-default")
	if p.tree != nil {
		t.Error("declined, and still there")
	}
	p.command("WebChat.invite", nil)
	s.loop.Advance(30 * time.Second)
	if p.tree != nil {
		t.Error("still there after its time")
	}
	p.command("WebChat.reInvite", nil)
	says(t, p, "Your chat has timed out")
	p.click(t, ".cx-btn-primary")
	says(t, p, "First name")
	if p.data["WebChat.opened"]["proactive"] != true {
		t.Errorf("metadata %v", p.data["WebChat.opened"])
	}
	if got := p.command("WebChat.invite", nil); got != "false Chat is already open. Ignoring invite command." {
		t.Errorf("settled with %q", got)
	}
}

func TestWhatBeginsWithAnInvitationSaysSo(t *testing.T) {
	s := newStage(t, nil)
	s.welcome()
	p := s.open("1")
	p.command("WebChat.open", object("userData", object("visitID", "V", "webengagement", ""), "form", object("autoSubmit", true)))
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if v, there := start.UserData["webengagement"]; !there || v != "" || start.UserData["visitID"] != "V" {
		t.Errorf("started with %v", start.UserData)
	}
	if p.data["WebChat.opened"]["proactive"] != true {
		t.Errorf("metadata %v", p.data["WebChat.opened"])
	}
}

func TestAnAcceptedInvitationIsAttached(t *testing.T) {
	s := newStage(t, nil)
	s.welcome()
	p := s.open("1")
	p.command("WebChat.invite", nil)
	p.click(t, ".cx-btn-primary")
	p.do(t, "form", "submit", view.Action{})
	start, _ := chattest.Take[*wire.Start](t, s.link)
	ids := p.IDs()
	if !reflect.DeepEqual(start.UserData, object("visitID", ids.Visit, "pageID", ids.Page, "webengagement", "")) {
		t.Errorf("started with %v", start.UserData)
	}
}

func TestAutomaticInvitationComesOnceForAllPages(t *testing.T) {
	auto := object("autoInvite", object("enabled", true, "timeToInviteSeconds", 7.0, "inviteTimeoutSeconds", 2.0))
	s := newStage(t, nil)
	one, two := s.open("1"), s.open("2")
	one.configure("webchat", auto)
	two.configure("webchat", auto)
	s.loop.Advance(6 * time.Second)
	if one.tree != nil {
		t.Fatal("too early")
	}
	s.loop.Advance(time.Second)
	if one.tree == nil || two.tree != nil {
		t.Errorf("invited on page 1: %v, on page 2: %v", one.tree != nil, two.tree != nil)
	}
	s.loop.Advance(time.Minute)
	if one.tree != nil || two.tree != nil {
		t.Error("invited again, or for too long")
	}
}

func TestWhetherAPageHasAButtonIsTheLoadersToSay(t *testing.T) {
	for _, webchat := range []map[string]any{object(), object("userData", object("a", 1.0)), object("chatButton", object("enabled", true)), object("chatButton", object("enabled", false))} {
		p := newStage(t, nil).open("1")
		p.configure("webchat", webchat)
		if got := p.command("WebChat.hideChatButton", nil); got != "true <nil>" {
			t.Errorf("%v: %s", webchat, got)
		}
	}
}

func TestChatButtonByCommand(t *testing.T) {
	const visible, hidden = "false Chat button is already visible. Ignoring command.", "false Chat button is already hidden. Ignoring command."
	s := newStage(t, nil)
	p := s.open("1")
	for i, step := range []struct{ command, want string }{
		{"showChatButton", visible}, {"hideChatButton", "true <nil>"}, {"hideChatButton", hidden}, {"showChatButton", "true <nil>"},
		{"open", "true <nil>"}, {"showChatButton", visible}, {"hideChatButton", hidden},
	} {
		if got := p.command("WebChat."+step.command, nil); got != step.want {
			t.Errorf("step %d, %s: %q, want %q", i, step.command, got, step.want)
		}
	}
	old := s.open("2")
	old.configure("button", object("none", true)) // what its configuration means is the loader's to say
	p.command("WebChat.close", nil)
	if got := old.command("WebChat.showChatButton", nil); got != "true <nil>" || old.button["asked"] != true {
		t.Errorf("a page configured without a button: %q, %v", got, old.button)
	}
}

func TestUserDataBeforeAndInAChat(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	for _, data := range []any{nil, "text", object()} {
		if got := p.command("WebChat.updateUserData", data); got != "false malformed data object provided in userData property." {
			t.Errorf("%v: %q", data, got)
		}
	}
	p.command("WebChat.updateUserData", object("a", 1.0, "b", 1.0))
	s.welcome()
	p.command("WebChat.open", object("userData", object("b", 2.0), "form", object("autoSubmit", true)))
	start, asked := chattest.Take[*wire.Start](t, s.link)
	if !reflect.DeepEqual(start.UserData, object("a", 1.0, "b", 2.0)) {
		t.Errorf("started with %v", start.UserData)
	}
	asked.Reply(&wire.Started{Token: "t", TokenMs: 600_000, Snapshot: queued()})
	s.loop.Run()
	p.command("WebChat.updateUserData", object("userData", object("c", 3.0)))
	update, _ := chattest.Take[*wire.UserData](t, s.link)
	if update.Session != "s" || update.Data["c"] != 3.0 {
		t.Errorf("told %+v", update)
	}
}

func TestContextHandlerIsAskedBeforeAChat(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	if got := p.command("WebChat.registerContextHandler", object("handler", "x")); !strings.HasPrefix(got, "false") {
		t.Errorf("a text as handler: %q", got)
	}
	if got := p.command("WebChat.registerContextHandler", object("handler", object("$fn", 4.0))); got != "true <nil>" {
		t.Errorf("settled with %q", got)
	}
	s.welcome()
	p.command("WebChat.open", object("form", object("autoSubmit", true)))
	p.served(t, "fn").done(true, object("basket", "3 items"))
	s.loop.Run()
	start, _ := chattest.Take[*wire.Start](t, s.link)
	if start.UserData["basket"] != "3 items" {
		t.Errorf("started with %v", start.UserData)
	}
}

func TestMetadataTellsTheStory(t *testing.T) {
	s := newStage(t, nil)
	p := s.open("1")
	s.begin(t, p)
	s.accept()
	s.push(message(3, agent, "a", ""), message(4, visitor, "b", "x"), message(5, visitor, "c", "y"))
	p.command("WebChat.endChat", nil)
	m := p.data["WebChat.completed"]
	for key, want := range object("proactive", false, "prefilled", false, "numAgents", 1, "userMessages", 2, "agentMessages", 1,
		"systemMessages", 2, "closed", false) {
		if m[key] != want {
			t.Errorf("%s is %v, want %v", key, m[key], want)
		}
	}
	if opened, _ := m["opened"].(int64); opened != s.loop.Now().UnixMilli() {
		t.Errorf("opened %v", m["opened"])
	}
	if form, _ := m["form"].(map[string]any); fmt.Sprint(form["firstname"]) != "Ann" {
		t.Errorf("form %v", m["form"])
	}
}
