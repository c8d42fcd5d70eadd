package chat

// Look is how a page shows a line where its own functions and filters have a say in that. The zero value shows the line
// as it was written.
type Look struct {
	Hidden  bool   // not shown: it is filtered out, or its function has not answered yet
	Changed bool   // Text is shown instead of the line's
	Text    string //
	HTML    bool   // Text is HTML that the page itself has made
	Message bool   // a custom notice is shown as a message
}
