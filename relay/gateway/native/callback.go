package native

import (
	"cmp"
	"context"

	"foyer/relay/callback"
	"foyer/relay/wire"
)

// What visitors ask for.

func (c *conn) requestCallback(ctx context.Context, f *wire.RequestCallback) error {
	if !c.dep.Callback {
		return wire.Problemf(wire.CodeForbidden, "deployment %q has no callbacks", c.dep.Name)
	}
	if f.ClientID == "" {
		return wire.Problemf(wire.CodeBadRequest, "a request for a callback needs a client id, so that it can be sent again")
	}
	if ok, wait := c.g.callbacks.Allow(c.network); !ok {
		return &wire.Problem{Code: wire.CodeRate, Text: "too many callbacks are asked for from this address", RetryMs: wait.Milliseconds()}
	}
	if err := c.charge(1); err != nil {
		return err
	}
	h := c.identity.hello
	kept, err := c.g.Callbacks.Ask(ctx, callback.Request{
		Deployment: c.dep.Name, Queue: c.dep.Queue, ClientID: f.ClientID, Name: f.Name, Phone: f.Phone, Email: f.Email,
		Subject: f.Subject, DesiredMs: f.Desired, UserData: f.UserData, Visit: cmp.Or(f.Visit, h.Visit), Device: h.Device,
		Page: cmp.Or(f.Page, h.Page), Origin: c.origin, Language: h.Language, Person: personOf(c.person), Hours: c.dep.Hours,
	})
	if err != nil {
		return err
	}
	c.send(&wire.CallbackMade{Ref: f.Ref, ID: kept.ID, Desired: kept.DesiredMs})
	return nil
}

func (c *conn) cancelCallback(ctx context.Context, f *wire.CancelCallback) error {
	if err := c.g.Callbacks.Cancel(ctx, c.dep.Name, c.identity.hello.Device, f.ID); err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	return nil
}

// What agents ask for.

// acceptCallback takes an offer that is not of a conversation.
func (c *conn) acceptCallback(ctx context.Context, f *wire.Accept) error {
	taken, err := c.g.Callbacks.Accept(ctx, c.agent.ID, f.Offer)
	if err != nil {
		return err
	}
	c.send(&wire.CallbackOpened{Ref: f.Ref, Offer: f.Offer, Callback: callbackFrame(taken)})
	return nil
}

func (c *conn) callbackDone(ctx context.Context, f *wire.CallbackDone) error {
	_, err := c.g.Callbacks.Finish(ctx, c.agent.ID, callback.Outcome{ID: f.ID, Disposition: f.Disposition, AgainMin: f.AgainMin, Note: f.Note})
	if err != nil {
		return err
	}
	c.send(&wire.Ack{Ref: f.Ref})
	return nil
}

// agentCallbacks lists the agent's callbacks for the welcome, and gives what follows it: one frame for each.
func (c *conn) agentCallbacks(ctx context.Context, agent string) (ids []string, frames []wire.Frame, err error) {
	all, err := c.g.Callbacks.OfAgent(ctx, agent)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range all {
		switch {
		case one.State == callback.Active:
			frames = append(frames, &wire.CallbackOpened{Callback: callbackFrame(one)})
		case one.OfferEndsMs > c.g.Clock.NowMs():
			frames = append(frames, c.callbackOffer(one))
		default:
			continue
		}
		ids = append(ids, one.ID)
	}
	return ids, frames, nil
}

func (c *conn) callbackOffer(one callback.Callback) *wire.CallbackOffer {
	return &wire.CallbackOffer{Offer: one.Offer, ExpiresMs: max(one.OfferEndsMs-c.g.Clock.NowMs(), 0), Callback: callbackFrame(one)}
}

func callbackFrame(c callback.Callback) wire.Callback {
	return wire.Callback{ID: c.ID, Name: c.Name, Phone: c.Phone, Email: c.Email, Subject: c.Subject, Queue: c.Queue,
		CreatedMs: c.CreatedMs, DesiredMs: c.DesiredMs, Attempts: c.Attempts, Note: c.Note, UserData: c.UserData,
		Visit: c.Visit, Page: c.Page, Origin: c.Origin, Language: c.Language, Verified: c.Identity}
}
