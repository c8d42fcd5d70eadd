// Package browser is the client's only contact with JavaScript, through safejs: message ports, sockets, requests, random
// ids, locks and the console of the worker in which Go runs. It implements the small interfaces that wasm/page and
// wasm/transport declare.
//
// The main packages of wasm/ call it, and nothing else. Its callbacks must never touch the client's state (they post to
// the loop) and must never let a panic through, which would end Go without a word.
package browser
