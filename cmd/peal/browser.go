package main

import (
	"fmt"
	"os/exec"
	"runtime"
)

// openBrowser shows a page in the user's browser.
func openBrowser(url string) error {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	opener := exec.Command(name, args...)
	if err := opener.Start(); err != nil {
		return fmt.Errorf("no browser could be opened (%w): open %s yourself", err, url)
	}
	go opener.Wait()
	return nil
}
