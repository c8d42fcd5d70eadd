package gwe

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"foyer/relay/engage"
	"foyer/relay/notify"
	"foyer/relay/web"
	"foyer/relay/wire"
)

// engageBytes bounds the bodies of the engagement gateway.
const engageBytes = 256 << 10

// profile is ixnProfile and cancelData: what both hold, in the spellings that are in use. Other keys are ignored.
type profile struct {
	Visit      string
	Page       string
	Engagement string
	Type       string
	Messages   []notify.Message
	Config     map[string]any
	URL        string
}

// engage answers POST …/gateway/engage: 200 OK when the visitor is being invited, else 400 FAULT, both in JSON.
func (g *Gateway) engage(w http.ResponseWriter, r *http.Request, caller web.Caller) error {
	p, err := readProfile(w, r)
	if err != nil {
		return fault(w, err)
	}
	id, pages, err := g.Engage.Invite(r.Context(), caller.Deployment, engage.Invitation{ID: p.Engagement, Visit: p.Visit,
		Page: p.Page, Type: p.Type, URL: p.URL, Config: p.Config, Messages: p.Messages})
	if err == nil && pages == 0 {
		err = wire.Problemf(wire.CodeNoVisit, "no such page of the visit is open")
	}
	if err != nil {
		return fault(w, err)
	}
	answer(w, http.StatusOK, map[string]any{"status": "OK", "engagementID": id})
	return nil
}

// noEngage answers POST …/gateway/noengage: the engagement will not take place. 200 OK or 400 FAULT, as engage.
func (g *Gateway) noEngage(w http.ResponseWriter, r *http.Request, caller web.Caller) error {
	p, err := readProfile(w, r)
	if err == nil {
		err = g.Engage.Dispose(r.Context(), caller.Deployment, engage.Result{Visit: p.Visit, Page: p.Page,
			Engagement: p.Engagement, Code: engage.Cancelled})
	}
	if err != nil {
		return fault(w, err)
	}
	answer(w, http.StatusOK, map[string]any{"status": "OK"})
	return nil
}

// fault says no as this interface does: with 400, unless the body is too large or the relay itself is at fault.
func fault(w http.ResponseWriter, err error) error {
	var p *wire.Problem
	if !errors.As(err, &p) || wire.Means(p.Code).HTTP >= http.StatusInternalServerError {
		return err
	}
	status := http.StatusBadRequest
	if p.Code == wire.CodeTooLarge {
		status = http.StatusRequestEntityTooLarge
	}
	answer(w, status, map[string]any{"status": "FAULT", "code": p.Code, "message": p.Text})
	return nil
}

func readProfile(w http.ResponseWriter, r *http.Request) (profile, error) {
	body, err := readBody(w, r, engageBytes)
	if err != nil {
		return profile{}, err
	}
	return parseProfile(body)
}

// parseProfile reads an ixnProfile or cancelData object. Codes: CodeBadRequest, CodeTooLarge.
func parseProfile(body []byte) (p profile, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return p, wire.Problemf(wire.CodeBadRequest, "the body is not a JSON object")
	}
	fields = unwrapped(fields)
	texts := []struct {
		to    *string
		names []string
	}{
		{&p.Visit, []string{"visitID", "visitId"}},
		{&p.Page, []string{"pageID", "pageId"}},
		{&p.Engagement, []string{"engagementID", "engagementId", "interactionID", "interactionId", "ixnId"}},
		{&p.Type, []string{"channelType"}},
		{&p.URL, []string{"url"}},
	}
	for _, t := range texts {
		if err := textOf(fields, t.to, t.names); err != nil {
			return p, err
		}
	}
	if p.Visit == "" {
		return p, wire.Problemf(wire.CodeBadRequest, "visitID is missing")
	}
	if p.Type, err = channelOf(p.Type); err != nil {
		return p, err
	}
	if raw, ok := fields["notification_message"]; ok && string(raw) != "null" {
		if p.Messages, err = notify.Parse(raw); err != nil {
			return p, err
		}
	}
	p.Config, err = configOf(fields)
	return p, err
}

// unwrapped is what an object holds under the names that the documentation gives to the whole body, if it does.
func unwrapped(fields map[string]json.RawMessage) map[string]json.RawMessage {
	for _, name := range []string{"ixnProfile", "cancelData"} {
		var inner map[string]json.RawMessage
		if raw, ok := fields[name]; ok && json.Unmarshal(raw, &inner) == nil && inner != nil {
			return inner
		}
	}
	return fields
}

// configOf takes what the invitation is to say.
func configOf(fields map[string]json.RawMessage) (map[string]any, error) {
	config := map[string]any{}
	for _, key := range []string{"subject", "message", "greeting", "acceptBtnCaption", "cancelBtnCaption", "inviteTimeout"} {
		raw, ok := fields[key]
		if !ok {
			continue
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, wire.Problemf(wire.CodeBadRequest, "%s is beyond all numbers", key)
		}
		switch v.(type) {
		case nil:
			continue
		case string:
		case float64:
			if key != "inviteTimeout" {
				return nil, wire.Problemf(wire.CodeBadRequest, "%s is not a string", key)
			}
		default:
			return nil, wire.Problemf(wire.CodeBadRequest, "%s is neither a string nor a number", key)
		}
		config[key] = v
	}
	return config, nil
}

func textOf(fields map[string]json.RawMessage, to *string, names []string) error {
	for _, name := range names {
		raw, ok := fields[name]
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, to); err != nil {
			return wire.Problemf(wire.CodeBadRequest, "%s is not a string", name)
		}
		return nil
	}
	return nil
}

// channelOf reads a channel as engagement and pacing name it; none is chat.
func channelOf(name string) (string, error) {
	switch strings.ToLower(name) {
	case "", "chat", "proactivechat":
		return engage.Chat, nil
	case "callback", "webcallback", "proactivecallback":
		return engage.Callback, nil
	}
	return "", wire.Problemf(wire.CodeBadRequest, "there is no channel %.40q", name)
}
