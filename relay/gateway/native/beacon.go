package native

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"

	"foyer/relay/deployment"
	"foyer/relay/quota"
	"foyer/relay/throttle"
	"foyer/relay/visit"
	"foyer/relay/wire"
)

// BeaconBytes bounds the body of Events; browsers send no larger beacons.
const BeaconBytes = 64 << 10

// Events is POST /native/v1/events: a JSON array of events (wire.Event's names), as a leaving page sends it with
// sendBeacon, which allows only text/plain without asking first. 204 says that they are kept. The caller has found the
// deployment and checked the origin.
func (g *Gateway) Events(w http.ResponseWriter, r *http.Request, dep *deployment.Deployment) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "text/plain" && kind != "application/json" {
		return wire.Problemf(wire.CodeBadRequest, "events are sent as text/plain or application/json, not %.80q", kind)
	}
	if !dep.Monitoring {
		return wire.Problemf(wire.CodeForbidden, "deployment %q does not monitor visits", dep.Name)
	}
	network := throttle.Network(g.Client(r))
	giveBack, err := g.Memory.Borrow(network, bodyBytes(r, BeaconBytes))
	if err != nil {
		return err
	}
	defer giveBack()
	body, err := readBody(w, r, BeaconBytes)
	if err != nil {
		return err
	}
	events, err := parseEvents(body)
	if err != nil {
		return err
	}
	of := quota.Of{Network: network, Deployment: dep.Name}
	if len(events) > 0 {
		of.Device, of.Visit = events[0].Device, events[0].Visit
	}
	if err := g.Quota.Charge(of, len(body), len(events)); err != nil {
		return err
	}
	events = visit.Addresses(dep.Addresses).Addressed(events, g.Client(r))
	if err := g.Visits.Record(r.Context(), dep.Name, events); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// beaconEvent is an event in JSON.
type beaconEvent struct {
	ID       string         `json:"eventID"`
	Type     string         `json:"eventType"`
	Name     string         `json:"eventName"`
	Page     string         `json:"pageID"`
	Visit    string         `json:"visitID"`
	Device   string         `json:"globalVisitID"`
	Ms       int64          `json:"timestamp"`
	URL      string         `json:"url"`
	Category string         `json:"category"`
	Language string         `json:"languageCode"`
	Data     map[string]any `json:"data"`
}

// parseEvents reads the body of a beacon, one event after the other, so that no more than may come are ever decoded. Codes: CodeBadRequest.
func parseEvents(body []byte) ([]visit.Event, error) {
	list := json.NewDecoder(bytes.NewReader(body))
	if open, err := list.Token(); err != nil || open != json.Delim('[') {
		return nil, notEvents("it does not begin with [")
	}
	var events []visit.Event
	for list.More() {
		if len(events) == visit.MaxEvents {
			return nil, wire.Problemf(wire.CodeBadRequest, "%d events at once, and no more", visit.MaxEvents)
		}
		var e beaconEvent
		if err := list.Decode(&e); err != nil {
			return nil, notEvents(err.Error())
		}
		events = append(events, visit.Event{ID: e.ID, Type: e.Type, Name: e.Name, Page: e.Page, Visit: e.Visit, Device: e.Device,
			Ms: e.Ms, URL: e.URL, Category: e.Category, Language: e.Language, Data: e.Data})
	}
	if _, err := list.Token(); err != nil {
		return nil, notEvents(err.Error())
	}
	if _, err := list.Token(); err != io.EOF {
		return nil, notEvents("something follows it")
	}
	return events, nil
}

func notEvents(why string) error {
	return wire.Problemf(wire.CodeBadRequest, "not a JSON array of events: %s", why)
}
