package gwe

import (
	"net/http"
	"strconv"

	"foyer/relay/notify"
	"foyer/relay/web"
)

// notifyBytes bounds the body of a notification.
const notifyBytes = 256 << 10

// headerDelivered says how many open pages got at least one of the messages; the body stays empty, as documented.
const headerDelivered = "Foyer-Delivered"

// notify answers POST …/notification/notify/{visitID}: a JSON array of messages.
func (g *Gateway) notify(w http.ResponseWriter, r *http.Request, caller web.Caller) error {
	body, err := readBody(w, r, notifyBytes)
	if err != nil {
		return err
	}
	messages, err := notify.Parse(body)
	if err != nil {
		return err
	}
	pages, err := g.Notify.Notify(r.Context(), caller.Deployment, r.PathValue("visitID"), messages)
	if err != nil {
		return err
	}
	w.Header().Set(headerDelivered, strconv.Itoa(pages))
	w.WriteHeader(http.StatusOK)
	return nil
}
