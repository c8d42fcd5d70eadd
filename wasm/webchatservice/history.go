package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/shape"
)

func (s *Service) getTranscript(a *ask) {
	t := a.t
	t.tell()
	if t.conv == nil {
		a.resolve(shape.Object("messages", []any{}, "originalMessages", []any{}))
		return
	}
	t.want(1, func(entries []wire.Entry) {
		table, c := t.table(), t.chat(t.conv)
		originals := make([]any, len(entries))
		for i, e := range entries {
			originals[i] = table.Original(c, e)
		}
		a.resolve(shape.Object("messages", t.messages(entries), "originalMessages", originals))
	})
}

// fetchHistory tells the page the messages before the oldest one that it was told, a page of them.
func (s *Service) fetchHistory(a *ask) {
	t := a.t
	t.tell()
	conv := s.active()
	switch {
	case t.async() == nil:
		a.reject(textHistoryAsync)
	case conv == nil || t.first == 0:
		a.fail(wire.Problemf(wire.CodeNoSession, "there is no chat"))
	case entriesAfter(conv, 0)[0].Seq < t.first:
		t.tellHistory(a)
	case !conv.HasEarlier():
		a.reject(textHistoryAll)
	default:
		a.limit(harmless)
		s.fetched = t
		conv.FetchEarlier(func(p *wire.Problem) {
			if p != nil {
				a.fail(p)
				return
			}
			t.tellHistory(a)
		})
	}
}

// tellHistory tells what is older than what the page knows, as what it is: nobody comes or goes by it now.
func (t *tab) tellHistory(a *ask) {
	from := int64(1)
	if n := int64(t.perPage()); n > 0 {
		from = max(t.first-n, 1)
	}
	from = max(from, entriesAfter(t.conv, 0)[0].Seq)
	before := t.first
	t.first = from
	t.want(from, func(entries []wire.Entry) {
		page := entries[:before-from]
		t.tellMessages(page, true)
		a.succeed(t.table().History(t.chat(t.conv), page))
	})
}
