package webchatservice_test

import (
	"fmt"
	"strings"
	"testing"

	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat/chattest"
	"foyer/wasm/page"
	"foyer/wasm/shape"
)

// ajax stands for "(AJAX Response Object)" in what a row returns: the success or the failure of the page's transport.
const ajax = "(AJAX Response Object)"

func re(source, flags string) map[string]any {
	return map[string]any{"$re": map[string]any{"source": source, "flags": flags}}
}

var oneFile = map[string]any{"$el": 1.0, "files": []any{&attachment.File{Name: "a.pdf", Size: 10}}}

// limits is what the relay lets a visitor send.
func limits(change map[string]any) attachment.Answer {
	all := map[string]any{
		"enabled": true, "ready": true, "maxFiles": 5.0, "maxFileSize": 1000.0, "maxTotalSize": 5000.0, "types": []any{"pdf"},
	}
	for key, value := range change {
		all[key] = value
	}
	return attachment.Answer{Status: 200, JSON: all}
}

// The tables "Resolutions" of the documentation of WebChatService, row by row: each case is named after its command, its
// status and its "When", and wants what the row "Returns", word for word.
func TestEveryRowOfTheDocumentation(t *testing.T) {
	refused := func(code wire.Code) func(*stage) {
		return func(s *stage) {
			_, asked := chattest.Take[wire.Request](s, s.link)
			asked.Refuse(code)
			s.loop.Run()
		}
	}
	acked := func(s *stage) {
		f, asked := chattest.Take[wire.Request](s, s.link)
		ack := &wire.Ack{Session: "s"}
		if send, ok := f.(*wire.Send); ok {
			ack.Seq, ack.Ms, ack.ClientID = 2, 2000, send.ClientID
		}
		asked.Reply(ack)
		s.loop.Run()
	}
	fileRefused := func(change map[string]any) func(*stage) {
		return func(s *stage) { s.answer("limits", limits(change)) }
	}
	const (
		none   = iota // no chat
		active        // a chat is going on
		broken        // and its connection is gone
		kept          // a chat of an earlier page is being taken up
	)
	fnRef := map[string]any{"$fn": 1.0}
	const returnsNothing = "n/a"

	rows := []struct {
		command, status, when string
		config                map[string]any
		chat                  int
		from                  string
		data                  any
		before                func(*tab)   // what happened before
		relay                 func(*stage) // what the relay does about it
		returns               any
	}{
		{command: "startChat", status: "resolved", when: "Server confirms session started.", data: map[string]any{"nickname": "Jonny"},
			relay: func(s *stage) { s.started(queued()) }, returns: ajax},
		{command: "startChat", status: "rejected", when: "A chat session is already active.", chat: active,
			returns: "There is already an active chat session."},
		{command: "startChat", status: "rejected", when: "AJAX exception occurs.", config: merge(rest, "ajaxTimeout", 3000.0),
			relay: func(s *stage) { s.loop.Advance(3_000_000_000) }, returns: ajax},
		{command: "startChat", status: "rejected", when: "Server exception occurs.", relay: refused(wire.CodeBadRequest), returns: ajax},
		{command: "startChat", status: "rejected", when: "userData is invalid.", data: map[string]any{"userData": "a text"},
			returns: "malformed data object provided in userData property."},

		{command: "endChat", status: "resolved", when: "Active session is ended successfully.", chat: active, returns: ajax},
		{command: "endChat", status: "rejected", when: "No chat session is currently active.", returns: "There is no active chat session."},

		{command: "sendMessage", status: "resolved", when: "Message is successfully sent.", chat: active,
			data: map[string]any{"message": "hi"}, relay: acked, returns: ajax},
		{command: "sendMessage", status: "rejected", when: "No message text provided.", chat: active, returns: "No message text provided."},
		{command: "sendMessage", status: "rejected", when: "No chat session is currently active.", data: map[string]any{"message": "hi"},
			returns: "There is no active chat session."},
		{command: "sendMessage", status: "rejected", when: "AJAX exception occurs.", chat: active, data: map[string]any{"message": "hi"},
			relay: refused(wire.CodeBadRequest), returns: ajax},

		{command: "sendCustomNotice", status: "resolved", when: "Message is successfully sent.", chat: active,
			data: map[string]any{"message": "bye"}, relay: acked, returns: ajax},
		{command: "sendCustomNotice", status: "rejected", when: "AJAX exception occurs.", chat: active,
			data: map[string]any{"message": "bye"}, relay: refused(wire.CodeUnavailable), returns: ajax},
		{command: "sendCustomNotice", status: "rejected", when: "The server doesn't support receiving custom notices.", config: sockets,
			chat: active, returns: "This transport doesn't support sendCustomNotice command."},

		{command: "sendTyping", status: "resolved", when: "AJAX request is successful.", chat: active, returns: ajax},
		{command: "sendTyping", status: "rejected", when: "AJAX exception occurs.", chat: broken, returns: ajax},
		{command: "sendTyping", status: "rejected", when: "No chat session is currently active.", returns: "There is no active chat session."},

		{command: "sendFilteredMessage", status: "resolved", when: "There is an active session.", chat: active,
			data: map[string]any{"message": "filtered message", "regex": re("[a-zA-Z]", "")}, returns: returnsNothing},
		{command: "sendFilteredMessage", status: "rejected", when: "No chat session is currently active.",
			data: map[string]any{"message": "filtered message", "regex": re("[a-zA-Z]", "")}, returns: "No active chat session."},

		{command: "addPrefilter", status: "resolved", when: "Valid filters are provided.", data: map[string]any{"filters": []any{re("a", "g"), re("b", "")}},
			returns: []any{re("a", "g"), re("b", "")}},
		{command: "addPrefilter", status: "rejected", when: "Invalid or missing filters provided.", data: map[string]any{"filters": []any{"a text"}},
			returns: "Missing or invalid filters provided. Please provide a regular expression or an array of regular expressions."},

		{command: "updateUserData", status: "resolved", when: "Session is active and userData is successfully sent.", chat: active,
			data: map[string]any{"firstname": "Joe"}, relay: acked, returns: ajax},
		{command: "updateUserData", status: "rejected", when: "Session is active and AJAX exception occurs.", chat: active,
			data: map[string]any{"firstname": "Joe"}, relay: refused(wire.CodeUnavailable), returns: ajax},
		{command: "updateUserData", status: "resolved", when: "Session is not active and internal userData object is merged with new userData properties provided.",
			config: merge(rest, "userData", map[string]any{"customerId": "59606"}), data: map[string]any{"firstname": "Joe"},
			returns: map[string]any{"customerId": "59606", "firstname": "Joe"}},
		{command: "updateUserData", status: "rejected", when: "Session is active and the server doesn't support updating userData.", config: sockets,
			chat: active, data: map[string]any{"firstname": "Joe"},
			returns: "This transport doesn't support updating userData during an active chat session."},

		{command: "poll", status: "resolved", when: "There is an active session.", chat: active, from: "WebChatService", returns: returnsNothing},
		{command: "poll", status: "rejected", when: "WebChatService isn't calling this command.", chat: active,
			returns: "Access Denied to private command. Only WebChatService is allowed to invoke this command."},
		{command: "poll", status: "rejected", when: "No chat session is currently active.", from: "WebChatService", returns: "previous poll has not finished."},
		{command: "poll", status: "rejected", when: "The server doesn't support polling.", config: sockets, chat: active,
			returns: "This transport doesn't support polling."},

		{command: "startPoll", status: "resolved", when: "There is an active session.", chat: active, returns: returnsNothing},
		{command: "startPoll", status: "rejected", when: "No chat session is currently active.", returns: "No active chat session."},
		{command: "startPoll", status: "rejected", when: "The server doesn't support polling.", config: sockets, returns: "This transport doesn't support polling."},
		{command: "stopPoll", status: "resolved", when: "There is an active session.", chat: active, returns: returnsNothing},
		{command: "stopPoll", status: "rejected", when: "No chat session is currently active.", returns: "No active chat session."},
		{command: "stopPoll", status: "rejected", when: "The server doesn't support polling.", config: sockets, returns: "This transport doesn't support polling."},
		{command: "resetPollExceptions", status: "resolved", when: "Always.", returns: returnsNothing},
		{command: "resetPollExceptions", status: "rejected", when: "The server doesn't support polling.", config: sockets,
			returns: "This transport doesn't support resetPollExceptions command."},

		{command: "restore", status: "resolved", when: "Session has been found.", config: async, data: map[string]any{"sessionData": jwt},
			relay: func(s *stage) { s.welcome(queued()) }, returns: returnsNothing},
		{command: "restore", status: "rejected", when: "Session cannot be found.", config: async, data: map[string]any{"sessionData": jwt},
			relay: func(s *stage) { s.welcome() }, returns: returnsNothing},
		{command: "restore", status: "rejected", when: "Restoring chat session is in progress.", config: async, chat: kept,
			returns: "Already restoring. Ignoring request."},
		{command: "restore", status: "rejected", when: "Chat session is already active.", config: async, chat: active,
			returns: "Chat session is already active, ignoring restore command."},
		{command: "restore", status: "rejected", when: "Trying restore chat session manually.",
			returns: "Access Denied to private command. Only WebChatService is allowed to invoke this command in Non-Async mode."},

		{command: "getTranscript", status: "resolved", when: "Always", chat: active, returns: "1 messages"},
		{command: "getAgents", status: "resolved", when: "Always", chat: active, before: func(p *tab) { p.stage.accept() },
			returns: map[string]any{"agents": map[string]any{"a": map[string]any{
				"name": "Bea", "connected": true, "supervisor": false, "connectedTime": int64(2000), "disconnectedTime": nil}}}},
		{command: "getStats", status: "resolved", when: "Always", chat: active,
			returns: map[string]any{"agents": map[string]any{}, "startTime": int64(1000), "endTime": nil, "duration": int64(1_750_000_000_000 - 1000)}},

		{command: "sendFile", status: "resolved", when: "The file sent is a valid type and size.", chat: active, data: map[string]any{"files": oneFile},
			relay: func(s *stage) {
				s.answer("limits", limits(nil))
				id := s.carrier.open[0].ClientID
				s.push("Active", wire.Entry{Seq: 2, Kind: wire.KindFile, From: visitor, ClientID: id, Data: map[string]any{"fileId": "F"}})
			}, returns: ajax},
		{command: "sendFile", status: "rejected", when: "The file sent is an invalid type.", chat: active, data: map[string]any{"files": oneFile},
			relay: fileRefused(map[string]any{"types": []any{"png"}}), returns: ajax},
		{command: "sendFile", status: "rejected", when: "The number of uploads is exceeded.", chat: active, data: map[string]any{"files": oneFile},
			relay: fileRefused(map[string]any{"usedFiles": 5.0}), returns: ajax},
		{command: "sendFile", status: "rejected", when: "The file size exceeds the limit.", chat: active, data: map[string]any{"files": oneFile},
			relay: fileRefused(map[string]any{"maxFileSize": 9.0}), returns: ajax},
		{command: "sendFile", status: "rejected", when: "The file size is too large or an unknown error occurs.", chat: active, data: map[string]any{"files": oneFile},
			relay: func(s *stage) {
				s.answer("limits", limits(nil))
				s.answer("", attachment.Answer{Status: 413, JSON: map[string]any{"code": "file_total"}})
			}, returns: ajax},
		{command: "sendFile", status: "rejected", when: "The server doesn't support file uploads.", config: sockets, chat: active,
			data: map[string]any{"files": oneFile}, returns: "This transport doesn't support file uploads."},
		{command: "downloadFile", status: "resolved", when: "The file is downloaded successfully.", chat: active,
			data: map[string]any{"fileId": "1", "fileName": "myfile.txt"},
			relay: func(s *stage) {
				s.answer("1", attachment.Answer{Status: 200, Blob: &attachment.File{Type: "text/plain"}})
			}, returns: returnsNothing},

		{command: "getSessionData", status: "resolved", when: "Always, when using Chat via GMS API.", config: gms, chat: active,
			returns: map[string]any{"secureKey": jwt, "sessionID": "s", "alias": "1", "userId": "v"}},
		{command: "getSessionData", status: "resolved", when: "Always, when using Chat via Genesys Multicloud CX v3 API.", chat: active,
			returns: map[string]any{"participantId": "v", "sessionId": "s", "token": jwt, "transportId": "demo"}},

		{command: "fetchHistory", status: "resolved", when: "Old messages are retrieved.", config: async, chat: active,
			before: func(p *tab) { restoreLong(p.stage) },
			relay: func(s *stage) {
				h, asked := chattest.Take[*wire.History](s, s.link)
				all := log(int(h.Before) - 1)
				asked.Reply(&wire.Page{Session: "s", Entries: all[max(len(all)-h.Limit, 0):], More: false})
				s.loop.Run()
			}, returns: ajax},
		{command: "fetchHistory", status: "rejected", when: "Request fails.", config: async, chat: active,
			before: func(p *tab) { restoreLong(p.stage) }, relay: refused(wire.CodeUnavailable), returns: ajax},
		{command: "fetchHistory", status: "rejected", when: "Asynchronous mode is not enabled.", chat: active,
			returns: "Fetching history messages applies only to Asynchronous chat."},
		{command: "fetchHistory", status: "rejected", when: "All messages are received.", config: async, chat: active,
			returns: "No more messages to fetch."},

		{command: "registerTypingPreviewInput", status: "resolved", when: "Valid HTML input reference is provided.",
			data: map[string]any{"input": map[string]any{"$el": 1.0}}, returns: returnsNothing},
		{command: "registerTypingPreviewInput", status: "rejected", when: "Invalid or missing HTML input reference.",
			data: map[string]any{"input": map[string]any{"$el": 1.0}}, before: func(p *tab) { p.field = false },
			returns: "Invalid value provided for the input property. An HTML element reference to a textarea or text input is required."},

		{command: "registerPreProcessor", status: "resolved", when: "A valid preprocessor function is provided and is registered.",
			data: map[string]any{"preprocessor": fnRef}, returns: fnRef},
		{command: "registerPreProcessor", status: "rejected", when: "An invalid preprocessor function is provided.",
			data: map[string]any{"preprocessor": "a text"}, returns: "No preprocessor function provided. Type provided was 'string'."},

		{command: "verifySession", status: "resolved", when: "A session exists or not. (it exists)", chat: active,
			returns: map[string]any{"sessionActive": true}},
		{command: "verifySession", status: "resolved", when: "A session exists or not. (it does not)",
			returns: map[string]any{"sessionActive": false}},
	}
	for _, row := range rows {
		play := func(t *testing.T, config map[string]any) {
			s := newStage(t, nil)
			if row.chat == kept {
				s.site.stored[page.KeepHandle] = "earlier"
			}
			p := s.open(config)
			switch row.chat {
			case none:
				s.welcome()
			case active:
				s.begin(p)
			case broken:
				s.begin(p)
				s.drop(0)
			}
			if row.before != nil {
				row.before(p)
			}
			from := row.from
			if from == "" {
				from = "MyPlugin"
			}
			got := p.commandFrom(from, row.command, row.data)
			if row.relay != nil {
				row.relay(s)
			}
			if got.state != row.status || !isReturned(got, row.returns, returnsNothing, config) {
				t.Errorf("%v\nwant %s %v", got, row.status, row.returns)
			}
		}
		name := row.command + "/" + row.status + "/" + row.when
		switch {
		case row.config != nil:
			t.Run(name, func(t *testing.T) { play(t, row.config) })
		case row.returns != ajax:
			t.Run(name, func(t *testing.T) { play(t, rest) })
		default: // an answer in each transport's own shape
			for _, config := range []map[string]any{rest, gms, sockets, foyer} {
				if table := shape.For(config); !refuses(table, row.command) {
					t.Run(name+"/"+table.Name, func(t *testing.T) { play(t, config) })
				}
			}
		}
	}
}

// refuses tells whether a command is one that the transport has not.
func refuses(table shape.Table, command string) bool {
	switch command {
	case "sendCustomNotice":
		return !table.CustomNotices
	case "updateUserData":
		return !table.LiveUserData
	case "sendFile":
		return !table.Files
	}
	return false
}

func isReturned(got *settled, want any, nothing string, config map[string]any) bool {
	switch want {
	case any(nothing):
		return got.value == nil
	case any(ajax):
		return isAnswer(got, shape.For(config).Name)
	case any("1 messages"):
		messages, ok := got.field("messages").([]any)
		return ok && len(messages) == 1
	}
	return fmt.Sprint(got.value) == fmt.Sprint(want)
}

// isAnswer tells whether a value is an answer of the transport's server, good or bad as the command went.
func isAnswer(got *settled, transport string) bool {
	good, bad := false, false
	switch transport {
	case shape.GMS:
		status, there := got.field("statusCode").(int)
		errors, _ := got.field("errors").([]any)
		good, bad = there && status == 0 && got.field("secureKey") != "", status > 0 && len(errors) == 1
	case shape.PureCloud:
		status, _ := got.field("status").(int)
		conversation, session := got.field("conversation", "id"), got.field("id")
		good, bad = status == 0 && (conversation == "s" || session == "s" && got.field("jwt") == jwt), status >= 400
	default:
		code, _ := got.field("status", "code").(string)
		good = code == "SUCCESS" && got.field("data", "sessionId") != ""
		bad = code != "" && code != "SUCCESS"
	}
	return good != bad && good == (got.state == "resolved")
}

// merge is a configuration with one more setting.
func merge(config map[string]any, key string, value any) map[string]any {
	all := map[string]any{}
	for k, v := range config {
		all[k] = v
	}
	if key != "" {
		all[key] = value
	}
	return all
}

// restoreLong has the client lose its log, and take up a longer one at its end.
func restoreLong(s *stage) {
	s.Helper()
	s.client.End()
	s.loop.Run()
	_, asked := chattest.Take[*wire.End](s, s.link)
	asked.Reply(&wire.Ack{})
	s.client.HandleKept("another")
	long := queued()
	long.Session, long.Entries, long.More = "long", nil, true
	s.loop.Run()
	s.welcome(long)
	_, asked = chattest.Take[*wire.History](s, s.link)
	asked.Reply(&wire.Page{Session: "long", Entries: log(150)[50:], More: true})
	s.loop.Run()
}

// The interface's own list of commands: none may be missing.
func TestEveryCommandOfTheDocumentationIsAnswered(t *testing.T) {
	for name := range strings.FieldsSeq(`configure startChat endChat sendMessage sendCustomNotice sendTyping
		sendFilteredMessage addPrefilter updateUserData poll startPoll stopPoll resetPollExceptions restore getTranscript
		getAgents getStats sendFile downloadFile getSessionData fetchHistory registerTypingPreviewInput
		registerPreProcessor verifySession`) {
		s := newStage(t, nil)
		p := s.open(rest)
		s.welcome()
		got := p.command(name, nil)
		if name == "startChat" {
			s.started(queued())
		}
		if got.state != "resolved" && got.state != "rejected" {
			t.Errorf("%s: %v", name, got)
		}
	}
	s := newStage(t, nil)
	if got := s.open(rest).command("fly", nil); got.state != "unknown" {
		t.Errorf("an unknown command: %v", got)
	}
}
