package chat

import (
	"slices"
	"testing"

	"foyer/relay/wire"
)

// seqs gives the numbers of entries.
func seqs(entries []wire.Entry) []int64 {
	all := []int64{}
	for _, e := range entries {
		all = append(all, e.Seq)
	}
	return all
}

// entries makes entries with these numbers.
func entries(numbers ...int64) []wire.Entry {
	var all []wire.Entry
	for _, n := range numbers {
		all = append(all, wire.Entry{Seq: n, ID: "x", Kind: wire.KindMessage})
	}
	return all
}

func TestLogTakesEveryEntryOnceAndInOrder(t *testing.T) {
	tests := []struct {
		name     string
		has, add []int64
		want     []int64
		added    []int64
		gap      bool
	}{
		{"first entries", nil, []int64{1, 2}, []int64{1, 2}, []int64{1, 2}, false},
		{"next entry", []int64{1, 2}, []int64{3}, []int64{1, 2, 3}, []int64{3}, false},
		{"same entry again", []int64{1, 2}, []int64{2}, []int64{1, 2}, []int64{}, false},
		{"overlap", []int64{1, 2}, []int64{2, 3}, []int64{1, 2, 3}, []int64{3}, false},
		{"gap", []int64{1, 2}, []int64{4}, []int64{1, 2}, []int64{}, true},
		{"gap behind a new one", []int64{1}, []int64{2, 4}, []int64{1, 2}, []int64{2}, true},
		{"older than the part that is here", []int64{5, 6}, []int64{2, 7}, []int64{5, 6, 7}, []int64{7}, false},
		{"nothing is here and the first is missing", nil, []int64{2}, []int64{}, []int64{}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var l Log
			l.Begin(entries(test.has...))
			added, gap := l.Append(entries(test.add...))
			if got := seqs(l.Entries()); !slices.Equal(got, test.want) && len(got)+len(test.want) > 0 {
				t.Errorf("log is %v, want %v", got, test.want)
			}
			if got := seqs(added); !slices.Equal(got, test.added) {
				t.Errorf("added %v, want %v", got, test.added)
			}
			if gap != test.gap {
				t.Errorf("gap %v, want %v", gap, test.gap)
			}
		})
	}
}

func TestLogTakesOlderEntriesOnlyWhereTheyFit(t *testing.T) {
	tests := []struct {
		name     string
		has, add []int64
		want     []int64
	}{
		{"right before", []int64{3, 4}, []int64{1, 2}, []int64{1, 2, 3, 4}},
		{"overlapping", []int64{3, 4}, []int64{2, 3}, []int64{2, 3, 4}},
		{"with a gap", []int64{4}, []int64{1, 2}, []int64{4}},
		{"known already", []int64{1, 2}, []int64{1, 2}, []int64{1, 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var l Log
			l.Begin(entries(test.has...))
			l.Prepend(entries(test.add...))
			if got := seqs(l.Entries()); !slices.Equal(got, test.want) {
				t.Errorf("log is %v, want %v", got, test.want)
			}
		})
	}
}

func TestLogCompletesAnEntryThatCameFromAnAcknowledgement(t *testing.T) {
	var l Log
	l.Append([]wire.Entry{{Seq: 1, Text: "hi", ClientID: "c1"}})
	l.Append([]wire.Entry{{Seq: 1, ID: "id", Text: "hi", ClientID: "c1"}})
	if got := l.Entries()[0].ID; got != "id" {
		t.Errorf("id is %q, want the one that came with the push", got)
	}
}
