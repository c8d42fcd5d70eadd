// Package page is one connected page as Go sees it: what it is (address, title, ids), what it keeps (first-party
// storage), what it can do on order (services), and the views that it shows.
//
// wasm/main.go and wasm/desktop make a Page for each MessagePort that wasm/browser hands them. The package must never
// import JavaScript: a port is an interface, and messages are plain maps.
//
// # The page protocol, version 1
//
// Its names (messages and their fields, references, services and their arguments, what is kept) are in protocol.json: one
// that is not there fails this package's tests on Go's side, and the type check of www/loader or www/e2e/protocol.test.js
// on the page's. Here is what they mean.
//
// Between a page (www/loader, www/desktop) and Go in its worker (through the frame's MessagePort). Messages are plain
// objects, structured clone, with a field t. Unknown t and unknown fields are ignored by both sides.
//
// From the page:
//
//	{t:"hello", v:1, page:{id,url,origin,title,referrer,lang,screen,ua,visible}, ids:{device,visit,page}, newVisit:bool,
//	 tracked:bool, tracker:{dslResource,disableWebSockets,…}, events:[…], stored:{handle,window,draft,outbox,filters,seen},
//	 deployment:{name,…}, pass:"…", handoff:"…", then:[…]}
//	     First message. events are those the loader already minted (VisitStarted, PageEntered), in the JSON form of
//	     spec/gwe-monitoring.md 1.4. stored holds what the page keeps first-party. pass comes from bridge.html. tracked:
//	     the deployment monitors, and the visitor does not object; tracker: what _gt and _genesys.widgets.gwe configure.
//	     handoff is a one-time token that came with the navigation from another site, once the visitor agrees that the
//	     two are joined; who agrees later says it with the command Foyer.arrive {token}. then are messages of this list
//	     that Go takes in before it tells or shows the page anything: its configuration, and the commands of its bus that
//	     were waiting for Go.
//	{t:"command", n, name, from, data, until}  a bus command that Go answers: {t:"settle", n, ok, value}. Not after
//	                                    until, Unix ms, where that is said: the page rejects what Go has not heard in time
//	{t:"input", root, node, action, key, value, press, fields, files}   an event of a view (view.Action); files are
//	                                    File objects, only in the event "files"
//	{t:"config", webchat, main, …}      the page's configuration (_genesys.widgets), with the hello and, where it changed,
//	                                    before a command; without one, a page has none. button {none}: the loader's
//	                                    word, that the page has no chat button of its own accord
//	{t:"stored", key, value|null}       another tab of this origin changed what is kept
//	{t:"track", event}                  an event from _gt, in the same JSON form; also PageExited, minted by the loader:
//	                                    the frame sends the same event (same eventID) by beacon, so Go never mints one
//	{t:"page", what}                    visible, hidden, online, offline, leaving (pagehide), restored (pageshow from the
//	                                    back-forward cache), tracked (from now on the visitor does not object)
//	{t:"moved", page:{…}, ids:{…}, events:[…]}  single-page navigation, or a page that came back: a new page id;
//	                                    events begin with the PageExited of the page that was left
//	{t:"result", n, ok, value}          answer to a call
//	{t:"alive"}                         every 20 s; a port that is silent for 150 s is taken for gone
//	{t:"bye"}                           the port is about to close
//
// From Go:
//
//	{t:"welcome", v:1, build}           Go runs and has this page
//	{t:"settle", n, ok, value}
//	{t:"publish", name, data, sticky}   a bus event, name with namespace ("WebChat.opened")
//	{t:"mirror", key, value}            what bus.data(key) answers from now on
//	{t:"store", key, value|null}        keep first-party (only after consent): handle, window, draft, outbox, filters
//	{t:"view", root, class, ops}        differences of a view (view.Op); the first one of a root makes its container;
//	                                    ops null removes the root
//	{t:"call", n, service, args}        a page service; n 0 = no answer wanted
//	{t:"kept", ids:[…]}                 these events are durable, the loader may forget them
//	{t:"log", level, text}              console: info, warn, error
//	{t:"gone", reason}                  this port is at its end: say hello on a new one. Go is about to stop, or knows the
//	                                    page no longer ("silent"), or the relay refused its pass ("pass": the page makes
//	                                    a new frame, which brings a new pass)
//
// # References
//
// What cannot leave the page is a reference in the data of commands, in the configuration and in results of calls:
//
//	{"$fn":n}               a function
//	{"$el":n, more:[n, …], files:[…]}
//	                        an element, or the first of a jQuery object (null for an empty one) and its others; files of
//	                        a file input. Given back it is the first; "place" takes all
//	{"$re":{source,flags}}  a regular expression
//
// Files, blobs and dates come as they are. Data that holds itself never comes: the page rejects the command. A field that is
// undefined is not there; and what is attached to chats (userData) is as JSON.stringify has it: a date is a text there, and a
// function is dropped. Go may use the same references, and two more, in what a command settles to, in what it publishes, and in the arguments of "fn"; the
// page gets what they stand for:
//
//	{"$select":selector}    the first element that a CSS selector finds, in what Go draws, else on the page; as a jQuery
//	                        object where the page has jQuery, and always in the arguments of "fn" and "judge"
//	{"$page":name}          only for "fn": "$", "CXBus", "Common", "Cookie" ({set, get, remove}), "CookieOptions"
//
// # Services
//
// "fn" {fn, args, data}: calls a function; answers what it returned, or what the promise that it returned came to, as attached data with data; not ok with
// a text where it threw. "judge" {fn, name, event, form, input, label}: asks the function of a form's field whether it may
// hold what it holds, and answers {ok, fields} with what the form's fields hold then; what threw, or has not answered after
// 10 s, is told on the console and is not ok. "test" {filters:[{source,flags}], text}: which expressions match, [bool]. "field" {el}: from now
// on tells of typing in a field of the page's own, as the command WebChatService.sendTyping {message}; false where it is
// no field for text. "button" takes asked:true to show the button also where the page's configuration has none, and
// duration, the milliseconds that it takes to come or go.
//
// The others: "focus" {selector}, "button" {visible, unread}, "sound" {name}, "title" {text},
// "announce" {text, assertive}; and those that come with foyer-view.js: "json" {url} gets a file of the page's own,
// "unread" {text} puts a text in front of the title of a page that is hidden, until it is seen or the text is "",
// "place" {into, el} puts elements of the page's own into one of the window's,
// "save" {name, type, text or data} offers a download; data is a Blob or bytes.
//
// "handoff" {towards}, which comes with foyer-handoff.js: while towards names origins (https://*.example.com for every
// subdomain), links, forms, windows and navigations that lead there carry a one-time token, which the page gets with the
// command Foyer.handoff {origins}, answered by {tokens, forMs}; without any it ends.
//
// Those of the tracker: "category" {value} is that of every event that the page mints from now on. With foyer-monitor.js
// come "xml" {url} or {text}, which answers the document as {name, attrs, children}; "watch" {page, events, expressions,
// functions, never} installs business events, in the form of dsl.Watch.Orders, in place of those before, and says on the
// console what of it cannot be run.
//
// Those of notifications come with foyer-invite.js. "content" {n, url, html, hosts, method, container, config, visit, page}
// puts an HTML file on the page and runs its scripts there; without html the page fetches it, if its host is one of hosts.
// "callPage" {name, args} calls a global function, "busCommand" {name, data} a command of the bus. "invitationShown" {n}
// and "invitationOver" {} say what has become of an invitation's dialog, "invitationReported" {} that the relay knows its
// result. What its scripts want comes as the commands Invitation.show, Invitation.close and Invitation.result (wasm/invite),
// which are never settled.
//
// "callbackForm" {texts, values} and "callbackOver" come with foyer-callback.js: the form of a page that asks for a call. It
// tells what the visitor wants by the commands Callback.request and Callback.close (wasm/callback).
package page

// Version of the page protocol.
const Version = 1

// Messages from the page.
const (
	MsgHello   = "hello"
	MsgCommand = "command"
	MsgInput   = "input"
	MsgStored  = "stored"
	MsgTrack   = "track"
	MsgPage    = "page"
	MsgConfig  = "config"
	MsgMoved   = "moved"
	MsgResult  = "result"
	MsgAlive   = "alive"
	MsgBye     = "bye"
)

// Messages from Go.
const (
	MsgWelcome = "welcome"
	MsgSettle  = "settle"
	MsgPublish = "publish"
	MsgMirror  = "mirror"
	MsgStore   = "store"
	MsgView    = "view"
	MsgCall    = "call"
	MsgKept    = "kept"
	MsgLog     = "log"
	MsgGone    = "gone"
)

// GonePass is the reason of MsgGone for a page whose pass the relay has refused.
const GonePass = "pass"

// Keys of what a page keeps first-party.
const (
	KeepHandle  = "handle"  // the resume handle of its chat
	KeepWindow  = "window"  // "open", "minimized" or absent
	KeepDraft   = "draft"   // what is written and not sent
	KeepMuted   = "muted"   // not empty where the visitor wants no sound
	KeepFilters = "filters" // session id, newline, and the filters of WebChatService, a line for each
	KeepInvite  = "invite"  // the invitation that is open, see wasm/invite
	KeepSeen    = "seen"    // the page's own: when a page of the site was last there while a chat was kept, Unix milliseconds
	KeepOutbox  = "outbox"  // what is sent and not acknowledged: session id, newline, and chat.FormatUnsent
)
