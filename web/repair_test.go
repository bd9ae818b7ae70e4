package web

import "testing"

func TestRepairIsLimited(t *testing.T) {
	f := newFake(1)
	base := serve(t, f).URL
	ask(t, base, "POST", "/v1/repair", `{"rate":5000}`).want(t, 200, `"rate":5000`)
	ask(t, base, "POST", "/v1/repair", `{"paused":true}`).want(t, 200, `"paused":true,"rate":5000`)
	ask(t, base, "POST", "/v1/repair", `{"paused":false,"rate":0}`).want(t, 200, `"complete":false}`)
	ask(t, base, "POST", "/v1/repair", `{}`).want(t, 200, `"peer":"`+contact(0).Peer.String()+`"`)
	ask(t, base, "POST", "/v1/repair", `{"speed":1}`).want(t, 400, `unknown field`)
	ask(t, base, "POST", "/v1/repair", `{"rate":"x"}`).want(t, 400, "rate cannot be the string")
	ask(t, base, "GET", "/v1/peer", "").want(t, 200, `"repair":{`)
}
