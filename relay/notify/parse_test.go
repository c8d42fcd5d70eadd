package notify

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"foyer/relay/wire"
)

func TestMessagesAreParsed(t *testing.T) {
	got, err := Parse([]byte(` [ {"page":"P1","channel":"gpe.appendContent","data":{"url":"/invite.html"},"more":1}, {"channel":"own"} ] `))
	want := []Message{{Page: "P1", Channel: "gpe.appendContent", Data: map[string]any{"url": "/invite.html"}}, {Channel: "own"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestMalformedMessagesAreNamed(t *testing.T) {
	good := `{"channel":"own"}`
	tests := map[string]struct {
		body, says string
		code       wire.Code
	}{
		"no JSON":         {"hello", "not a JSON array", wire.CodeBadRequest},
		"one object":      {good, "not a JSON array", wire.CodeBadRequest},
		"nothing":         {"[]", "1 to 50", wire.CodeBadRequest},
		"too many":        {"[" + strings.Repeat(good+",", MaxMessages) + good + "]", "1 to 50", wire.CodeBadRequest},
		"a number":        {"[" + good + ",7]", "element 1: not an object", wire.CodeBadRequest},
		"null":            {"[null]", "element 0: not an object", wire.CodeBadRequest},
		"no channel":      {`[` + good + `,{"data":{}}]`, "element 1: channel is missing", wire.CodeBadRequest},
		"channel is null": {`[{"channel":null}]`, "element 0: channel is missing", wire.CodeBadRequest},
		"channel a list":  {`[{"channel":[]}]`, "element 0: page and channel are strings", wire.CodeBadRequest},
		"page a number":   {`[{"channel":"x","page":1}]`, "element 0: page and channel are strings", wire.CodeBadRequest},
		"data a string":   {`[{"channel":"x","data":"y"}]`, "element 0: page and channel are strings", wire.CodeBadRequest},
		"data too deep":   {`[{"channel":"x","data":{"a":[[[[1]]]]}}]`, "element 0: data", wire.CodeBadRequest},
		"data too large":  {`[{"channel":"x","data":{"a":"` + strings.Repeat("y", MaxDataBytes) + `"}}]`, "element 0: data", wire.CodeTooLarge},
		"a long channel":  {`[{"channel":"` + strings.Repeat("x", MaxChannelRunes+1) + `"}]`, "element 0: channel may", wire.CodeBadRequest},
		"a NUL":           {`[{"channel":"x\u0000"}]`, "element 0: text", wire.CodeBadRequest},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tt.body))
			var p *wire.Problem
			if !errors.As(err, &p) || p.Code != tt.code || !strings.Contains(p.Text, tt.says) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`[{"page":"p","channel":"gpe.callFunction","data":{"params":[1,{"a":null}]}}]`))
	f.Add([]byte(`[{}]`))
	f.Add([]byte(`[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		messages, err := Parse(body)
		if err != nil {
			if !errors.As(err, new(*wire.Problem)) {
				t.Errorf("no problem: %v", err)
			}
			return
		}
		for _, m := range messages {
			b, err := wire.Encode(&wire.Notify{Visit: "v", Page: m.Page, Channel: m.Channel, Data: m.Data})
			if err != nil || len(b) > wire.MaxFrame {
				t.Errorf("cannot be sent: %d bytes, %v", len(b), err)
			}
		}
	})
}
