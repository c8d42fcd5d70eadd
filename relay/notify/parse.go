package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"foyer/relay/wire"
)

// Parse reads a JSON array of messages, as servers and webhooks send it. An error names the element, from 0. It is
// checked as a whole: either all messages are good or there is an error. Codes: CodeBadRequest, CodeTooLarge.
func Parse(body []byte) ([]Message, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(body, &elements); err != nil {
		return nil, wire.Problemf(wire.CodeBadRequest, "the body is not a JSON array of messages%s", where(err))
	}
	if len(elements) == 0 || len(elements) > MaxMessages {
		return nil, wire.Problemf(wire.CodeBadRequest, "an array of 1 to %d messages, not %d", MaxMessages, len(elements))
	}
	messages := make([]Message, len(elements))
	for i, element := range elements {
		what := fmt.Sprintf("element %d", i)
		m, err := parseOne(what, element)
		if err != nil {
			return nil, err
		}
		messages[i] = m
	}
	return messages, nil
}

func parseOne(what string, element []byte) (m Message, err error) {
	var in struct {
		Page    *string        `json:"page"`
		Channel *string        `json:"channel"`
		Data    map[string]any `json:"data"`
	}
	if b := bytes.TrimSpace(element); len(b) == 0 || b[0] != '{' {
		return m, wire.Problemf(wire.CodeBadRequest, "%s: not an object", what)
	}
	if err := json.Unmarshal(element, &in); err != nil {
		return m, wire.Problemf(wire.CodeBadRequest, "%s: page and channel are strings, data is an object", what)
	}
	if in.Page != nil {
		m.Page = *in.Page
	}
	if in.Channel != nil {
		m.Channel = *in.Channel
	}
	m.Data = in.Data
	return m, m.Check(what)
}

// where says at which byte a text stops being JSON.
func where(err error) string {
	var s *json.SyntaxError
	if errors.As(err, &s) {
		return fmt.Sprintf(": %v (byte %d)", s, s.Offset)
	}
	return ""
}
