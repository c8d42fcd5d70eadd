package engage

// Watch is told what rules and invitations come to, for the operator's figures. Its methods must not block.
type Watch interface {
	// Decided is a rule's verdict on an event; those that are Quiet are left out.
	Decided(rule string, v Verdict)
	// Failed is a condition or an action of a rule that could not be carried out.
	Failed(rule string)
	// Invited is an invitation (Chat or Callback) that reached a page.
	Invited(kind string)
	// Answered is the result of an invitation, as pages report it.
	Answered(code string)
	// Asked is a webhook's call that is over.
	Asked(rule string, err error)
	// Behind is a batch of events, or a step of a rule, that was dropped because rules could not keep up.
	Behind()
}

// nobody watches.
type nobody struct{}

func (nobody) Decided(string, Verdict) {}
func (nobody) Failed(string)           {}
func (nobody) Invited(string)          {}
func (nobody) Answered(string)         {}
func (nobody) Asked(string, error)     {}
func (nobody) Behind()                 {}
