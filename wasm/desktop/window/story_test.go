package window

import (
	"strings"
	"testing"
	"time"

	"foyer/relay/wire"
	"foyer/wasm/desktop/desk"
	"foyer/wasm/view"
)

var (
	ada   = wire.Visitor{FirstName: "Ada", LastName: "Byron", Email: "ada@example.com", Subject: "A tent", Online: true}
	grace = wire.Visitor{FirstName: "Grace"}
)

// shows fails the test unless a text is there.
func shows(t *testing.T, where, text string) {
	t.Helper()
	if !strings.Contains(where, text) {
		t.Fatalf("%q is not shown, but\n%s", text, where)
	}
}

func doesNotShow(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(where, text) {
		t.Fatalf("%q is shown:\n%s", text, where)
	}
}

// talking is a desktop with one accepted conversation, s1 of Ada.
func talking(t *testing.T) (*relay, *tab) {
	r := newRelay(t)
	b := r.atWork()
	b.click("Ready")
	r.queue("s1", ada)
	b.click("Accept")
	return r, b
}

func TestAnAgentSignsInAndOut(t *testing.T) {
	r := newRelay(t)
	b := r.open(nil)
	b.control("Username")
	b.control("Password")
	b.submit("signin", map[string]string{"username": "dora", "password": "wrong"})
	shows(t, textOf(b.tree), "The username or the password is wrong.")
	if b.control("Password").Focus == "" {
		t.Fatal("the focus did not go to Password")
	}
	b.submit("signin", map[string]string{"username": " dora ", "password": "right"})
	shows(t, textOf(b.tree), "Dora")
	if b.kept["token"] != "token" {
		t.Fatalf("the tab kept %v, not the token", b.kept)
	}
	b.click("Sign out")
	b.control("Username")
	if len(b.kept) != 0 {
		t.Fatalf("after signing out the tab still keeps %v", b.kept)
	}
	if b.restart != 1 {
		t.Fatalf("the connection was begun anew %d times, want once", b.restart)
	}
}

func TestATokenThatIsRefusedLeadsToTheSignIn(t *testing.T) {
	for _, code := range []wire.Code{wire.CodeToken, wire.CodeTokenExpired} {
		r, b := talking(t)
		b.types("half a sent")
		b.window.desk.SetConnection(desk.Refused, code)
		r.loop.Run()
		b.control("Username")
		b.submit("signin", map[string]string{"username": "dora", "password": "right"})
		b.choose("Ada")
		if got := b.control("Message").Props["value"]; got != "half a sent" {
			t.Fatalf("%s: the draft is %q after signing in again", code, got)
		}
	}
}

func TestReadinessIsTheAgentsChoice(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	pressed := func(name string) string { return b.control(name).Attrs["aria-pressed"] }
	if pressed("Ready") != "false" || pressed("Not ready") != "true" {
		t.Fatal("an agent who has just signed in is not Ready")
	}
	b.click("Ready")
	if pressed("Ready") != "true" || pressed("Not ready") != "false" || !r.ready {
		t.Fatal("Ready was pressed, and the agent is not")
	}
	r.ready = false // the relay was started anew
	b.drop()
	b.connect()
	if !r.ready || pressed("Ready") != "true" {
		t.Fatal("the relay was not told of Ready after the reconnection")
	}
	b.drop()
	b.click("Not ready")
	b.connect()
	if r.ready || pressed("Ready") != "false" {
		t.Fatal("what was chosen without a connection was not told after it")
	}
}

func TestAnOfferSaysWhoItIsAndHowLongItLasts(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	b.click("Ready")
	r.queue("s1", ada, wire.VisitPage{Page: "p1", Title: "Tents"}, wire.VisitPage{Page: "p2", Title: "Two-person tents"})
	offer := b.region("Offers")
	for _, text := range []string{"Ada Byron", "A tent", "30 s left", "Tents", "Two-person tents"} {
		shows(t, offer, text)
	}
	if strings.Join(b.sounds, " ") != "offer" || !strings.HasPrefix(b.title, "(1) ") {
		t.Fatalf("sounds %v, title %q: the agent is not told of the offer", b.sounds, b.title)
	}
	if len(b.said) != 1 || !strings.Contains(b.said[0], "Ada Byron") {
		t.Fatalf("announced %q", b.said)
	}
	r.loop.Advance(7 * time.Second)
	shows(t, b.region("Offers"), "23 s left")
	r.withdraw("offer-s1", "timeout")
	if b.has("Accept") {
		t.Fatal("an expired offer is still there")
	}
	shows(t, textOf(b.tree), "The offer has expired.")
	if strings.HasPrefix(b.title, "(") {
		t.Fatalf("the title still counts: %q", b.title)
	}
}

func TestARejectedOfferGoes(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.queue("s1", ada)
	b.click("Reject")
	if b.has("Accept") || b.has("Reject") {
		t.Fatal("the offer is still there")
	}
	if len(r.offers) != 0 {
		t.Fatal("the relay was not told")
	}
}

func TestAnOfferThatIsGoneSaysSo(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.queue("s1", ada)
	r.offers = nil
	b.click("Accept")
	shows(t, textOf(b.tree), "This conversation went to somebody else.")
	if b.has("Accept") {
		t.Fatal("the offer is still there")
	}
}

func TestAcceptingOpensTheConversationReadyToWrite(t *testing.T) {
	r, b := talking(t)
	shows(t, b.region("Conversation"), "Ada Byron")
	shows(t, b.region("Conversations"), "Ada Byron")
	if b.control("Message").Focus == "" {
		t.Fatal("the focus did not go to Message")
	}
	for _, text := range []string{"ada@example.com", "A tent", "basket", "3"} {
		shows(t, b.region("Attached data"), text)
	}
	r.tell(&wire.VisitPages{Session: "s1", Pages: []wire.VisitPage{
		{Page: "p1", Title: "Tents", URL: "https://shop.example/tents", EnteredMs: 1000, LeftMs: 61_000},
		{Page: "p2", Title: "Basket", URL: "javascript:alert(1)", EnteredMs: r.loop.Now().UnixMilli()},
	}})
	r.loop.Advance(5 * time.Second)
	journey := b.region("Journey")
	for _, text := range []string{"Tents", "1 min", "Basket", "5 s", "Now here"} {
		shows(t, journey, text)
	}
	if _, ok := b.find(func(n *view.Node) bool { return strings.HasPrefix(n.Attrs["href"], "javascript") }); ok {
		t.Fatal("an address that runs became a link")
	}
}

func TestBothWriteAndSeeTypingAndDelivery(t *testing.T) {
	r, b := talking(t)
	r.tell(&wire.Typing{Session: "s1", On: true, From: visitor})
	r.loop.Run()
	shows(t, b.region("Conversation"), "Ada Byron is typing")
	r.writes("s1", "<b>Is it in stock?</b>")
	shows(t, b.region("Conversation"), "<b>Is it in stock?</b>")
	doesNotShow(t, b.region("Conversation"), "is typing")
	b.sends("Three of them.")
	shows(t, b.region("Conversation"), "Three of them.\nSent")
	r.tell(&wire.Delivered{Session: "s1", Seq: 99, From: visitor})
	r.loop.Run()
	shows(t, b.region("Conversation"), "Three of them.\nDelivered")
	if got := r.log("s1"); got != "<b>Is it in stock?</b>|Three of them." {
		t.Fatalf("the relay has %q", got)
	}
}

func TestAddressesInMessagesAreLinks(t *testing.T) {
	r, b := talking(t)
	r.writes("s1", "this one: https://shop.example/tent?x=1（please）")
	a := b.control("https://shop.example/tent?x=1")
	if a.Tag != "a" || a.Attrs["href"] != "https://shop.example/tent?x=1" || a.Attrs["target"] != "_blank" || !strings.Contains(a.Attrs["rel"], "noopener") {
		t.Errorf("the link is <%s> %v", a.Tag, a.Attrs)
	}
	shows(t, textOf(b.tree), "（please）")
}

func TestAMessageThatIsTooLongStaysUntilItIsSplit(t *testing.T) {
	r, b := talking(t)
	long := strings.TrimSpace(strings.Repeat("lorem ipsum\n", 400))
	b.sends(long)
	if got := b.control("Message").Props["value"]; got != long {
		t.Fatalf("%d characters are left of %d", len(got.(string)), len(long))
	}
	shows(t, b.region("Conversation"), "This is 4799 characters long. A message may have 4000.")
	shows(t, strings.Join(b.said, " "), "4799 characters")
	if got := r.log("s1"); got != "" {
		t.Fatalf("the relay has %q", got)
	}
	b.click("Send as 2 messages")
	if got := strings.ReplaceAll(r.log("s1"), "|", "\n"); got != long {
		t.Fatalf("the relay has %d characters of %d", len(got), len(long))
	}
	if got := b.control("Message").Props["value"]; got != "" {
		t.Fatalf("%q is left", got)
	}
}

func TestWhatComesElsewhereIsUnread(t *testing.T) {
	r, b := talking(t)
	r.queue("s2", grace)
	b.click("Accept")
	r.loop.Advance(time.Second)
	r.writes("s1", "still there?")
	r.writes("s1", "hello?")
	list := b.region("Conversations")
	shows(t, list, "2 unread")
	shows(t, list, "hello?")
	shows(t, list, "waiting 0 s")
	doesNotShow(t, b.region("Conversation"), "hello?")
	if !strings.HasPrefix(b.title, "(2) ") {
		t.Fatalf("the title is %q", b.title)
	}
	r.loop.Advance(3 * time.Minute)
	shows(t, b.region("Conversations"), "waiting 3 min")
	b.choose("Ada")
	doesNotShow(t, b.region("Conversations"), "unread")
	b.sends("Yes.")
	doesNotShow(t, b.region("Conversations"), "waiting")
}

func TestNothingIsReadWhileThePageIsOutOfSight(t *testing.T) {
	r, b := talking(t)
	b.window.desk.SetVisible(false)
	r.writes("s1", "anybody?")
	shows(t, b.region("Conversations"), "1 unread")
	b.window.desk.SetVisible(true)
	r.loop.Run()
	doesNotShow(t, b.region("Conversations"), "unread")
}

func TestDraftsBelongToTheirConversation(t *testing.T) {
	r, b := talking(t)
	b.types("for Ada")
	r.queue("s2", grace)
	b.click("Accept")
	if got := b.control("Message").Props["value"]; got != "" {
		t.Fatalf("Grace's input holds %q", got)
	}
	b.choose("Ada")
	if got := b.control("Message").Props["value"]; got != "for Ada" {
		t.Fatalf("Ada's input holds %q", got)
	}
	b = b.reload()
	if got := b.control("Message").Props["value"]; got != "for Ada" {
		t.Fatalf("after a reload Ada's input holds %q", got)
	}
	b.sends("for Ada")
	b.types("for Ada") // the page's last report of the input comes late
	if got := b.control("Message").Props["value"]; got != "" {
		t.Fatalf("after sending, the input holds %q", got)
	}
}

func TestAReloadRestoresEverything(t *testing.T) {
	r, b := talking(t)
	r.writes("s1", "question")
	b.sends("answer")
	r.queue("s2", grace)
	b.click("Accept")
	b.choose("Ada")
	b = b.reload()
	r.loop.Run()
	conversation := b.region("Conversation")
	for _, text := range []string{"Ada Byron", "question", "answer"} {
		shows(t, conversation, text)
	}
	shows(t, b.region("Conversations"), "Grace")
	doesNotShow(t, b.region("Conversations"), "unread")
	if b.control("Ready").Attrs["aria-pressed"] != "true" {
		t.Fatal("the agent is not Ready any more")
	}
}

func TestWritingWhileTheRelayIsGone(t *testing.T) {
	tests := []struct {
		name string
		lose func(b *tab) // how the first message meets the broken connection
	}{
		{"before it was sent", func(b *tab) { b.drop(); b.sends("first") }},
		{"after the relay kept it and before the answer", func(b *tab) { b.mute = true; b.sends("first"); b.drop() }},
		{"and over a reload", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, b := talking(t)
			if tt.lose != nil {
				tt.lose(b)
			} else {
				b.mute = true
				b.sends("first")
				b.drop()
				b.sends("second")
				b.sends("third")
				b = b.reload()
				shows(t, b.region("Conversation"), "third")
				if got := r.log("s1"); got != "first|second|third" {
					t.Fatalf("the relay has %q", got)
				}
				return
			}
			r.loop.Advance(2 * time.Second)
			shows(t, textOf(b.tree), "Reconnecting")
			b.sends("second")
			b.sends("third")
			shows(t, b.region("Conversation"), "Waiting for the connection")
			b.connect()
			doesNotShow(t, textOf(b.tree), "Reconnecting")
			if got := r.log("s1"); got != "first|second|third" {
				t.Fatalf("the relay has %q", got)
			}
			for _, text := range []string{"first", "second", "third"} {
				if n := strings.Count(b.region("Conversation"), text); n != 1 {
					t.Fatalf("%q is shown %d times:\n%s", text, n, b.region("Conversation"))
				}
			}
		})
	}
}

func TestAConnectionThatIsBackAtOnceNeedsNoBanner(t *testing.T) {
	r, b := talking(t)
	b.drop()
	r.loop.Advance(500 * time.Millisecond)
	b.connect()
	r.loop.Advance(3 * time.Second)
	doesNotShow(t, textOf(b.tree), "Reconnecting")
	doesNotShow(t, textOf(b.tree), "Connected again")
}

func TestTabsOfOneAgentAreInStep(t *testing.T) {
	r, first := talking(t)
	second := r.atWork()
	shows(t, second.region("Conversation"), "Ada Byron")
	first.sends("from one")
	second.sends("from two")
	for _, b := range []*tab{first, second} {
		shows(t, b.region("Conversation"), "from one")
		shows(t, b.region("Conversation"), "from two")
	}
	first.types("half a sent")
	if got := second.control("Message").Props["value"]; got != "half a sent" {
		t.Fatalf("the other tab's input holds %q", got)
	}
	second.click("Not ready")
	if first.control("Not ready").Attrs["aria-pressed"] != "true" {
		t.Fatal("the first tab did not follow to Not ready")
	}
	r.queue("s2", grace)
	second.click("Accept")
	if first.has("Accept") {
		t.Fatal("the offer is still in the first tab")
	}
	shows(t, first.region("Conversations"), "Grace")
	shows(t, first.region("Conversation"), "Ada Byron")
	second.click("Done")
	doesNotShow(t, first.region("Conversations"), "Grace")
}

func TestDoneTakesTheConversationOutOfTheList(t *testing.T) {
	r, b := talking(t)
	r.queue("s2", grace)
	b.click("Accept")
	b.click("Done")
	doesNotShow(t, b.region("Conversations"), "Grace")
	shows(t, b.region("Conversation"), "Ada Byron")
	shows(t, textOf(b.tree), "The conversation with Grace is done.")
	b.click("Done")
	shows(t, b.region("Conversations"), "No conversations")
	if got := r.sessions["s1"].snapshot.State; got != "Completed" {
		t.Fatalf("the session is %s", got)
	}
	if _, ok := b.find(func(n *view.Node) bool { return n.Tag == "li" }); ok {
		t.Fatal("an empty list has items")
	}
	for key := range b.kept {
		if strings.Contains(key, "s1") || strings.Contains(key, "s2") {
			t.Fatalf("the tab still keeps %s", key)
		}
	}
}

func TestDoneWaitsForWhatWasWritten(t *testing.T) {
	r, b := talking(t)
	b.drop()
	b.sends("one last thing")
	b.click("Done")
	shows(t, b.region("Conversation"), "Wrapping up")
	b.connect()
	shows(t, b.region("Conversations"), "No conversations")
	if got := r.log("s1"); got != "one last thing" {
		t.Fatalf("the relay has %q", got)
	}
	done := 0
	for _, f := range r.asked {
		if _, ok := f.(*wire.Done); ok {
			done++
		}
	}
	if done != 1 {
		t.Fatalf("Done was asked for %d times", done)
	}
}

func TestAConversationThatTheVisitorEndedStaysUntilDone(t *testing.T) {
	r, b := talking(t)
	r.writes("s1", "never mind")
	b.types("what was")
	r.ends("s1")
	conversation := b.region("Conversation")
	shows(t, conversation, "never mind")
	shows(t, conversation, "Ended by visitor")
	shows(t, conversation, "The visitor ended this conversation.")
	if b.has("Send") {
		t.Fatal("there is still somewhere to write")
	}
	b.click("Done")
	shows(t, b.region("Conversations"), "No conversations")
}

func TestAMessageThatIsRefusedCanBeDiscarded(t *testing.T) {
	r, b := talking(t)
	b.drop()
	b.sends("too late")
	r.ends("s1")
	b.connect()
	shows(t, b.region("Conversation"), "Not sent: This conversation has ended.")
	b.click("Discard")
	doesNotShow(t, b.region("Conversation"), "too late")
}

func TestTheKeyboardDoesEverything(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	r.queue("s1", ada)
	b.press("Alt+Enter")
	shows(t, b.region("Conversation"), "Ada")
	r.queue("s2", grace)
	b.press("Alt+Delete")
	if b.has("Accept") {
		t.Fatal("the offer was not rejected")
	}
	r.queue("s3", grace)
	b.press("Alt+Enter")
	shows(t, b.region("Conversation"), "Grace")
	b.press("Alt+ArrowDown")
	shows(t, b.region("Conversation"), "Ada")
	b.press("Alt+ArrowUp")
	shows(t, b.region("Conversation"), "Grace")
	b.press("Alt+End")
	doesNotShow(t, b.region("Conversations"), "Grace")
	b.click("Keyboard help")
	for _, s := range shortcuts() {
		shows(t, textOf(b.tree), s.key)
	}
	b.press("Escape")
	doesNotShow(t, textOf(b.tree), "Alt+Enter")
	if b.control("Keyboard help").Focus == "" {
		t.Fatal("the focus did not go back to the button")
	}
}

func TestARelayThatDoesNotWantThisPageSaysWhy(t *testing.T) {
	r := newRelay(t)
	b := r.open(nil)
	b.window.desk.SetConnection(desk.Refused, wire.CodeVersion)
	r.loop.Run()
	shows(t, textOf(b.tree), "This page is out of date. Reload it.")
}

func TestConversationsThatDoNotFitIntoTheWelcomeAreNotGivenUp(t *testing.T) {
	r, b := talking(t)
	r.queue("s2", grace)
	b.click("Accept")
	b.choose("Ada")
	b.types("half a sent")
	r.small = true
	b.drop()
	b.connect()
	shows(t, b.region("Conversations"), "Grace")
	b = b.reload()
	shows(t, b.region("Conversations"), "Grace")
	shows(t, b.region("Conversation"), "Ada Byron")
	if got := b.control("Message").Props["value"]; got != "half a sent" {
		t.Fatalf("the draft is %q", got)
	}
}

func TestAConversationThatWasDoneElsewhereGoesWithTheNextConnection(t *testing.T) {
	r, first := talking(t)
	second := r.atWork()
	first.drop()
	first.types("half a sent")
	second.click("Done")
	first.connect()
	shows(t, first.region("Conversations"), "No conversations")
	if got := first.kept["draft.s1"]; got != "" {
		t.Fatalf("the tab still keeps the draft %q", got)
	}
}

func TestTheAgentSeesWhomTheSiteVouchesFor(t *testing.T) {
	r := newRelay(t)
	b := r.atWork()
	b.click("Ready")
	verified := ada
	verified.Verified = "account-7"
	r.queue("s1", verified)
	b.click("Accept")
	shows(t, b.region("Attached data"), "Verified as\naccount-7")
}
