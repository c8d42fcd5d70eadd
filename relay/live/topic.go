package live

// Topic is what can be followed. Two topics are equal when they name the same thing.
type Topic struct {
	kind string
	id   string
}

// Session is everything about one chat session.
func Session(id string) Topic { return Topic{"session", id} }

// Agent is what concerns one agent on all of their desktops.
func Agent(id string) Topic { return Topic{"agent", id} }

// Visit is the pages of one visit. Visits are known within their deployment only.
func Visit(deployment, id string) Topic { return Topic{"visit", deployment + "/" + id} }

// Pages is what the open pages of a visit are told.
func Pages(deployment, visit string) Topic { return Topic{"pages", deployment + "/" + visit} }

// String is "<kind>.<id>", for logs and for subjects of a bus.
func (t Topic) String() string { return t.kind + "." + t.id }
