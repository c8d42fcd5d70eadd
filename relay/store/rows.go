package store

// rows is what a plan writes, as rows of the tables.
type rows struct {
	created  [][]any // sessions, by sessionColumns
	changed  [][]any // sessions, by sessionColumns
	advanced [][]any // sessions, by advanceColumns
	entries  [][]any // by entryColumns
	files    [][]any // by fileMoveColumns
}

// advanceColumns are all of a session's row that a plain message changes.
func advanceColumns() columns { return parseColumns(`id seq# last_ms#`) }

// fileMoveColumns are what a change of its state changes in a file's row.
func fileMoveColumns() columns { return parseColumns(`id state seq# ms#`) }

// rows gives what the plan has gathered.
func (p *plan) rows() (rows, error) {
	var r rows
	for _, id := range p.created {
		values, err := sessionValues(p.now.sessions[id])
		if err != nil {
			return r, err
		}
		r.created = append(r.created, values)
	}
	for id := range p.changed {
		values, err := sessionValues(p.now.sessions[id])
		if err != nil {
			return r, err
		}
		r.changed = append(r.changed, values)
	}
	for id := range p.advanced {
		if p.changed[id] {
			continue
		}
		s := p.now.sessions[id]
		r.advanced = append(r.advanced, []any{s.ID, s.Seq, s.LastMs})
	}
	for _, l := range p.entries {
		values, err := entryValues(l)
		if err != nil {
			return r, err
		}
		r.entries = append(r.entries, values)
	}
	for id, f := range p.files {
		r.files = append(r.files, []any{id, string(f.state), f.seq, f.ms})
	}
	return r, nil
}
