package window

import (
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/view"
)

// carried is a request about files that waits for the test's answer.
type carried struct {
	attachment.Request
	progress  func(int64)
	done      func(attachment.Answer)
	cancelled bool
}

// Carry answers questions for limits as a relay would, and leaves everything else to the test.
func (b *tab) Carry(r attachment.Request, progress func(int64), done func(attachment.Answer)) func() {
	c := &carried{Request: r, progress: progress, done: done}
	if r.Path == "limits" {
		b.relay.loop.Post(func() {
			done(attachment.Answer{Status: 200, JSON: map[string]any{
				"enabled": true, "ready": true, "maxFiles": 2.0, "maxFileSize": 5000.0, "maxTotalSize": 9000.0,
				"types": []any{"pdf", "png"},
			}})
		})
		return func() {}
	}
	b.carried = append(b.carried, c)
	return func() { c.cancelled = true }
}

// drops has the agent drop files on the conversation.
func (b *tab) drops(files ...*attachment.File) {
	b.relay.t.Helper()
	f, ok := b.find(func(n *view.Node) bool { return n.Key == regionKey })
	if !ok {
		b.relay.t.Fatal("there is no conversation")
	}
	b.do("files", f, view.Action{Files: given(files)})
}

func given(files []*attachment.File) []any {
	list := make([]any, len(files))
	for i, f := range files {
		list[i] = f
	}
	return list
}

// upload is the only one under way.
func (b *tab) upload() *carried {
	b.relay.t.Helper()
	if n := len(b.carried); n != 1 {
		b.relay.t.Fatalf("%d uploads were begun, want one", n)
	}
	return b.carried[0]
}

var invoice = &attachment.File{Name: "invoice.pdf", Type: "application/pdf", Size: 4000}

// inLog is the entry of a file.
func inLog(from wire.Participant, id, name, clientID string) wire.Entry {
	return wire.Entry{Kind: wire.KindFile, From: from, ClientID: clientID,
		Data: map[string]any{"fileId": id, "name": name, "type": "application/pdf", "size": int64(4000)}}
}

func TestAFileThatIsChosenIsSentAndThenInTheTranscriptOnce(t *testing.T) {
	r, b := talking(t)
	attach := b.control("Attach a file")
	shows(t, attach.Attrs["title"], "2 files")
	if got := strings.Join(attach.On[0].Keys, " "); got != ".pdf .png" {
		t.Fatalf("the chooser offers %q", got)
	}
	b.do("files", attach, view.Action{Files: given([]*attachment.File{invoice})})
	up := b.upload()
	if up.Method != "POST" || up.Session != "s1" || up.Body != invoice {
		t.Fatalf("the request is %+v", up.Request)
	}
	if up.Token != "token" {
		t.Fatalf("its token is %q", up.Token)
	}
	up.progress(1000)
	r.loop.Run()
	shows(t, b.region("Conversation"), "25 %")
	up.progress(4000)
	r.loop.Run()
	shows(t, b.region("Conversation"), "Being checked")

	r.add("s1", "Active", inLog(me, "f1", "invoice.pdf", up.ClientID))
	up.done(attachment.Answer{Status: 201, JSON: map[string]any{"fileId": "f1"}})
	r.loop.Run()
	if n := strings.Count(b.region("Conversation"), "invoice.pdf"); n != 1 {
		t.Fatalf("the file is shown %d times:\n%s", n, b.region("Conversation"))
	}
	shows(t, b.region("Conversation"), "4 kB")
	shows(t, b.region("Conversations"), "You: invoice.pdf")
}

func TestFilesThatCannotBeSentSayWhy(t *testing.T) {
	_, b := talking(t)
	b.drops(&attachment.File{Name: "setup.exe", Size: 10}, &attachment.File{Name: "big.pdf", Size: 5001},
		invoice, &attachment.File{Name: "b.PNG", Size: 10}, &attachment.File{Name: "c.png", Size: 10})
	for _, reason := range []string{"this type cannot be sent", "too large, or empty", "No more files", "5 kB each"} {
		shows(t, b.region("Conversation"), reason)
	}
	if b.upload().Body != invoice {
		t.Fatal("another file is sent first")
	}
	if b.has("Try again: setup.exe") || !b.has("Try again: c.png") {
		t.Fatal("what can never be sent is offered to be tried again, or something else is not")
	}
	b.click("Discard: setup.exe")
	doesNotShow(t, b.region("Conversation"), "setup.exe")
}

func TestAnUploadCanBeCancelled(t *testing.T) {
	_, b := talking(t)
	b.drops(invoice)
	b.click("Cancel: invoice.pdf")
	if !b.upload().cancelled {
		t.Fatal("the request goes on")
	}
	doesNotShow(t, b.region("Conversation"), "invoice.pdf")
}

func TestWhatTheScannerRefusesIsShownAndNotTriedAgain(t *testing.T) {
	r, b := talking(t)
	b.drops(invoice)
	b.upload().done(attachment.Answer{Status: 422, JSON: map[string]any{"code": string(wire.CodeFileRefused)}})
	r.loop.Run()
	shows(t, b.region("Conversation"), "virus scanner")
	b.upload()
}

func TestDoneWaitsForFilesOnTheirWay(t *testing.T) {
	r, b := talking(t)
	b.drops(invoice)
	b.click("Done")
	if r.sessions["s1"].snapshot.State == "Completed" {
		t.Fatal("done before the file was sent")
	}
	up := b.upload()
	r.add("s1", "Active", inLog(me, "f1", "invoice.pdf", up.ClientID))
	r.loop.Run()
	if r.sessions["s1"].snapshot.State != "Completed" {
		t.Fatal("not done after the file was sent")
	}
}

func TestAFileOfTheVisitorIsNoticedAndDownloaded(t *testing.T) {
	r, b := talking(t)
	r.queue("s2", grace)
	r.add("s2", "Active", inLog(visitor, "f1", "receipt.pdf", ""))
	b.click("Accept")
	b.choose("Grace")
	r.add("s1", "Active", inLog(visitor, "f2", "tent.pdf", ""))
	r.loop.Run()
	shows(t, strings.Join(b.said, "\n"), "Ada Byron: tent.pdf")
	shows(t, b.region("Conversations"), "1 unread")

	b.click("Download: receipt.pdf")
	if b.control("Download: receipt.pdf").Props["disabled"] != true {
		t.Fatal("it can be asked for twice")
	}
	get := b.upload()
	if get.Method != "GET" || get.Path != "f1" || !get.Blob {
		t.Fatalf("the request is %+v", get.Request)
	}
	get.done(attachment.Answer{Status: 200, Blob: &attachment.File{Size: 4000}})
	r.loop.Run()
	if got := strings.Join(b.saved, ", "); got != "receipt.pdf application/pdf" {
		t.Fatalf("saved %q", got)
	}
	if b.control("Download: receipt.pdf").Props["disabled"] == true {
		t.Fatal("it cannot be asked for again")
	}
}

func TestAFileThatIsNotThereAnyMoreSaysSo(t *testing.T) {
	r, b := talking(t)
	r.add("s1", "Active", inLog(visitor, "f1", "tent.pdf", ""))
	r.loop.Run()
	b.click("Download: tent.pdf")
	b.upload().done(attachment.Answer{Status: 404, JSON: map[string]any{"code": string(wire.CodeNoFile)}})
	r.loop.Run()
	shows(t, textOf(b.tree), "The file is not there any more.")

	r.add("s1", "Active", wire.Entry{Kind: wire.KindFileDeleted, From: visitor, Data: map[string]any{"fileId": "f1", "name": "tent.pdf"}})
	r.loop.Run()
	shows(t, b.region("Conversation"), "Ada Byron took back the file tent.pdf")
	if b.has("Download: tent.pdf") {
		t.Fatal("a file that was taken back can be downloaded")
	}
}

func TestANoticeIsALineOfTheTranscript(t *testing.T) {
	r, b := talking(t)
	r.add("s1", "Active", wire.Entry{Kind: wire.KindNotice, From: visitor, Text: "basket changed"})
	r.loop.Run()
	shows(t, b.region("Conversation"), "Ada Byron sent a notice: basket changed")
}

func TestWhatTheVisitorWritesIsSeenWhereTheyLetIt(t *testing.T) {
	r, b := talking(t)
	r.tell(&wire.Typing{Session: "s1", On: true, From: visitor, Text: "is the blue t"})
	r.loop.Run()
	shows(t, b.region("Conversation"), "is the blue t")
	r.writes("s1", "is the blue tent waterproof?")
	doesNotShow(t, b.region("Conversation"), "Ada Byron is typing")
	r.tell(&wire.Typing{Session: "s1", From: visitor})
	r.loop.Run()
	if strings.HasSuffix(b.region("Conversation"), "is the blue t") {
		t.Fatal("the preview stays after the message")
	}
}

func TestADoubleClickSendsWhatIsTooLongAsOneFile(t *testing.T) {
	r, b := talking(t)
	b.types(strings.Repeat("lorem ipsum\n", 400))
	click := view.Action{Name: "as-file", Files: given([]*attachment.File{invoice})}
	b.window.Handle(click)
	b.window.Handle(click) // nothing is drawn in between
	r.loop.Run()
	if n := strings.Count(b.region("Conversation"), "invoice.pdf"); n != 1 {
		t.Fatalf("%d files are on their way:\n%s", n, b.region("Conversation"))
	}
}
