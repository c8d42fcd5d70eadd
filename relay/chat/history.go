package chat

import (
	"context"

	"foyer/relay/chat/attached"
	"foyer/relay/wire"
)

// MaxPageBytes bounds the entries of one page, so that they fit one frame (wire.MaxFrame) with what goes around them.
// One entry alone always fits.
const MaxPageBytes = 40 << 10

// HistoryRequest asks for the Limit entries after After (Before == 0), or the last Limit entries before Before.
type HistoryRequest struct {
	Session     string
	Participant string
	After       int64 // Seq
	Before      int64 // Seq
	Limit       int   // 1 to wire.PageSize; anything else means wire.PageSize
	MaxBytes    int   // 1 to MaxPageBytes; anything else means MaxPageBytes. At least one entry is given in any case
}

// History reads entries in order, as the participant may see them (Entry.For). More says that there are further ones in
// the direction that was asked for. Codes: CodeNoSession.
func (s *Service) History(ctx context.Context, r HistoryRequest) (entries []Entry, more bool, err error) {
	row, err := s.Session(ctx, r.Session, r.Participant)
	if err != nil {
		return nil, false, err
	}
	if r.Limit < 1 || r.Limit > wire.PageSize {
		r.Limit = wire.PageSize
	}
	if r.MaxBytes < 1 || r.MaxBytes > MaxPageBytes {
		r.MaxBytes = MaxPageBytes
	}
	if r.Before > 0 {
		entries, err = s.store.EntriesBefore(ctx, r.Session, r.Before, r.Limit+1)
		if err == nil {
			entries, more = newest(entries, r.Limit, r.MaxBytes)
		}
	} else {
		entries, err = s.store.EntriesAfter(ctx, r.Session, max(r.After, 0), r.Limit+1)
		if err == nil {
			entries, more = oldest(entries, r.Limit, r.MaxBytes)
		}
	}
	if err != nil {
		return nil, false, problem(err, "read the history")
	}
	kind := Agent
	if r.Participant == row.VisitorID {
		kind = Visitor
	}
	for i, e := range entries {
		entries[i] = e.For(kind)
	}
	return entries, more, nil
}

func oldest(entries []Entry, limit, maxBytes int) (kept []Entry, more bool) {
	bytes := 0
	for i, e := range entries {
		bytes += entrySize(e)
		if i == limit || i > 0 && bytes > maxBytes {
			return entries[:i], true
		}
	}
	return entries, false
}

func newest(entries []Entry, limit, maxBytes int) (kept []Entry, more bool) {
	bytes := 0
	for i := len(entries) - 1; i >= 0; i-- {
		bytes += entrySize(entries[i])
		n := len(entries) - i
		if n > limit || n > 1 && bytes > maxBytes {
			return entries[i+1:], true
		}
	}
	return entries, false
}

// entrySize estimates from above what an entry takes in a frame.
func entrySize(e Entry) int {
	const names = 120 // field names, numbers, kinds
	return names + len(e.ID) + len(e.From.ID) + len(e.From.Nickname) + len(e.Text) + len(e.ClientID) + attached.Size(e.Data)
}
