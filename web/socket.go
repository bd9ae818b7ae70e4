package web

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// writeWait is how long a client may read nothing before it is dropped.
	writeWait = 10 * time.Second

	// A client that has answered no ping for pongWait is gone.
	pingEvery = 20 * time.Second
	pongWait  = 50 * time.Second

	// maxWish bounds what a client may send, in bytes.
	maxWish = 1 << 10
)

// events serves one WebSocket until it closes.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	conn, err := upgrade(w, r)
	if err != nil || conn == nil {
		return err
	}
	c := s.hub.add()
	if c == nil {
		_ = conn.Close()
		return nil
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		writeQueue(conn, c.queue)
	}()
	s.readWishes(conn, c)
	s.hub.remove(c)
	<-written
	return nil
}

// upgrade checks also that Origin, if there is one, is the host asked for. It
// gives no connection and no error where it is too late to answer.
func upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	var answer *problem
	upgrader := websocket.Upgrader{
		HandshakeTimeout: writeWait,
		Error: func(_ http.ResponseWriter, _ *http.Request, status int, reason error) {
			answer = usage("this is a WebSocket: %v", reason)
			if status == http.StatusForbidden {
				answer = refused("a page of the origin %q may not watch this ring", r.Header.Get("Origin"))
			}
			answer.status = status
		},
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if answer != nil {
		return nil, answer
	}
	if err != nil {
		return nil, nil
	}
	return conn, nil
}

// readWishes returns when the connection is closed, by either side.
func (s *Server) readWishes(conn *websocket.Conn, c *client) {
	conn.SetReadLimit(maxWish)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(pongWait)) }
	conn.SetPongHandler(alive)
	_ = alive("")
	for {
		_, text, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var wish struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(text, &wish) == nil && wish.Type == "resync" {
			s.hub.resync(c)
		}
	}
}

// writeQueue sends what is queued until the queue is closed or the client no
// longer reads. It closes the connection, which ends the reading too.
func writeQueue(conn *websocket.Conn, queue <-chan []byte) {
	defer conn.Close()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		kind, message := websocket.PingMessage, []byte(nil)
		select {
		case text, open := <-queue:
			if !open {
				bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
				_ = conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
				return
			}
			kind, message = websocket.TextMessage, text
		case <-ping.C:
		}
		_ = conn.SetWriteDeadline(time.Now().Add(writeWait))
		if conn.WriteMessage(kind, message) != nil {
			return
		}
	}
}
