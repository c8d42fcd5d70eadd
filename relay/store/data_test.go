package store

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"foyer/relay/chat"
)

func TestDataComesBackAsItWasAnswered(t *testing.T) {
	for name, test := range map[string]struct{ given, want map[string]any }{
		"nothing":       {nil, nil},
		"empty":         {map[string]any{}, map[string]any{}},
		"whole numbers": {map[string]any{"a": 1, "b": int64(math.MinInt64), "c": uint64(math.MaxUint64)}, map[string]any{"a": int64(1), "b": int64(math.MinInt64), "c": uint64(math.MaxUint64)}},
		"fractions":     {map[string]any{"a": 1.5}, map[string]any{"a": 1.5}},
		"nested":        {map[string]any{"a": []any{int8(1), map[string]any{"b": nil, "c": true}}}, map[string]any{"a": []any{int64(1), map[string]any{"b": nil, "c": true}}}},
		"markup":        {map[string]any{"<b>&": "<i>\u2028"}, map[string]any{"<b>&": "<i>\u2028"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := normalData(test.given)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Fatalf("%#v, %v, want %#v", got, err, test.want)
			}
			text, err := encodeData(got)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := decodeData(text); err != nil || !reflect.DeepEqual(again, got) {
				t.Errorf("read back %#v, %v", again, err)
			}
		})
	}
}

func TestDataThatCannotBeKeptIsRefused(t *testing.T) {
	for name, given := range map[string]map[string]any{
		"a NUL":              {"a": "\x00"},
		"invalid UTF-8":      {"a": "\xff"},
		"in a key":           {"a\x00": 1},
		"deep inside":        {"a": []any{map[string]any{"b": "\xff"}}},
		"in another type":    {"a": []string{"\x00"}},
		"not a number":       {"a": math.NaN()},
		"nothing JSON knows": {"a": make(chan int)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := normalData(given); !errors.Is(err, chat.ErrUnstorable) {
				t.Error(err)
			}
		})
	}
}

func TestEveryTextOfAChangeIsChecked(t *testing.T) {
	bad, badState := "\x00", chat.State("\xff")
	for name, c := range map[string]chat.Change{
		"session":      {Session: bad},
		"create":       {Session: "s", Create: &chat.Session{Subject: bad}},
		"create data":  {Session: "s", Create: &chat.Session{UserData: map[string]any{"a": bad}}},
		"create with":  {Session: "s", Create: &chat.Session{Participants: []chat.Participant{{Nickname: bad}}}},
		"state":        {Session: "s", Set: chat.Set{State: &badState}},
		"agent":        {Session: "s", Set: chat.Set{Agent: &bad}},
		"offer":        {Session: "s", Set: chat.Set{Offer: &bad}},
		"merged data":  {Session: "s", Set: chat.Set{MergeData: map[string]any{bad: 1}}},
		"join":         {Session: "s", Join: []chat.Participant{{ID: bad}}},
		"leave":        {Session: "s", Leave: []string{bad}},
		"entry":        {Session: "s", Entries: []chat.Entry{{Text: "a" + bad}}},
		"entry's data": {Session: "s", Entries: []chat.Entry{{Data: map[string]any{"a": bad}}}},
		"client id":    {Session: "s", Entries: []chat.Entry{{ClientID: bad}}},
		"sender":       {Session: "s", Entries: []chat.Entry{{From: chat.Participant{Nickname: bad}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := normalChange(c); !errors.Is(err, chat.ErrUnstorable) {
				t.Error(err)
			}
		})
	}
}

// Whatever a row holds is read or refused; what was read can be written and read again.
func FuzzDecodeData(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"a":1,"b":[1.5,-0,1e3,null,{"c":"\u0000"}]}`, "[", `{"a":1e999}`, `{"a":18446744073709551616}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, err := decodeData(text)
		if err != nil {
			return
		}
		normal, err := normalData(data)
		if errors.Is(err, chat.ErrUnstorable) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if again, err := normalData(normal); err != nil || !reflect.DeepEqual(again, normal) {
			t.Errorf("%#v became %#v, %v", normal, again, err)
		}
	})
}
