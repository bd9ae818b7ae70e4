package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func (c *cli) exportVerb() *cobra.Command {
	t := newTransfer("exporting", "exported")
	cmd := c.isClient(&cobra.Command{
		Use:   "export DIR",
		Short: "Write all keys with a prefix to files",
		Long: `Write the value of each key that begins with the prefix to a file below DIR, which is
made if need be. The path of the file is the key without the prefix. Files that exist
are replaced, others stay.

A key that is no path to below DIR, such as ../x or a//b, is reported and not written.
In the end a line sums up, and the exit code is 1 if anything failed. The keys are
listed first, which asks every peer: see 'peal keys --help'.

Large values are written as they come, into a file that gets its name once it is whole;
--timeout is then how long each MiB may take.`,
		Example: "  peal export --prefix site/ ./copy",
		Args:    wants(1, "DIR"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.exportDir(cmd.Context(), t, args[0]) },
	})
	t.flags(cmd.Flags(), "file")
	cmd.Flags().StringVar(&t.prefix, "prefix", "", "write the keys that begin with this, and take it off")
	return cmd
}

func (c *cli) exportDir(ctx context.Context, t *transfer, dir string) error {
	if err := t.begin(c, dir); err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	if err := api.ping(ctx); err != nil {
		return err
	}
	names, err := t.listKeys(ctx, api)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return dirError(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return dirError(dir, err)
	}
	defer root.Close()
	t.run(ctx, c, names, func(ctx context.Context, name string) (int64, error) {
		return t.getFile(ctx, api, root, name)
	})
	return t.report(ctx, c)
}

// listKeys gives the names of the files to write: the keys without the prefix.
func (t *transfer) listKeys(ctx context.Context, api *client) ([]string, error) {
	var names []string
	fetch := func(after string, limit int) (p page, err error) {
		err = t.insist(ctx, func() (err error) {
			p, err = api.keys(ctx, t.prefix, after, limit)
			return err
		})
		return p, err
	}
	_, err := walk(0, fetch, func(keys []listed) error {
		for _, key := range keys {
			names = append(names, strings.TrimPrefix(key.raw(), t.prefix))
		}
		return nil
	})
	return names, err
}

func (t *transfer) getFile(ctx context.Context, api *client, root *os.Root, name string) (int64, error) {
	if name == "" {
		return 0, fail(codeError, "the key is the prefix itself, which leaves no name for a file")
	}
	if !isPath(name) {
		return 0, fail(codeError, "the key %s without the prefix is no path to a file below the directory", show(t.prefix+name))
	}
	call, err := api.call(ctx, request{method: http.MethodGet, path: "/v1/kv/" + escapeKey(t.prefix+name), follower: alive{&t.pace}})
	if codeOf(err) == codeNotFound {
		return 0, fail(codeError, "it was listed, but is not there any more")
	}
	if err != nil {
		return 0, err
	}
	defer call.close()
	return replaceFile(root, filepath.FromSlash(name), call.copyTo)
}

// isPath reports whether a key, as it is, names a file below a directory: two
// keys must never mean the same file.
func isPath(name string) bool {
	return name != "." && path.Clean(name) == name && filepath.IsLocal(filepath.FromSlash(name)) &&
		!strings.ContainsRune(name, 0)
}

// replaceFile writes a file whole or not at all, and replaces a symbolic link
// instead of following it. It gives the number of bytes.
func replaceFile(root *os.Root, name string, write func(io.Writer) (int64, error)) (int64, error) {
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return 0, inTheWay(root, filepath.Dir(name), err)
	}
	if info, err := root.Lstat(name); err == nil && info.IsDir() {
		return 0, fail(codeError, "a directory of that name is in the way")
	}
	part := filepath.Join(filepath.Dir(name), ".peal-"+rand.Text())
	size, err := writeNew(root, part, write)
	if err == nil {
		err = root.Rename(part, name)
	}
	if err != nil {
		root.Remove(part)
	}
	return size, unnamed(err)
}

// unnamed takes the name of the file out of an error: that of the part means nothing
// to anybody, and the other one is said anyway.
func unnamed(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return fmt.Errorf("it cannot be written: %w", e.Err)
	case *os.LinkError:
		return fmt.Errorf("it cannot be written: %w", e.Err)
	}
	return err
}

func writeNew(root *os.Root, name string, write func(io.Writer) (int64, error)) (int64, error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, err
	}
	size, err := write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return size, err
}

// inTheWay says why a directory cannot be made: what stands at its place, or at
// that of one that it would be in.
func inTheWay(root *os.Root, dir string, err error) error {
	for at := dir; at != "."; at = filepath.Dir(at) {
		info, e := root.Lstat(at)
		switch {
		case e != nil || info.IsDir():
			continue
		case info.Mode()&fs.ModeSymlink != 0:
			return fail(codeError, "%s is a symbolic link, which is not followed out of the directory", show(at))
		}
		return fail(codeError, "a file stands where the directory %s must go", show(at))
	}
	return fmt.Errorf("make its directory: %w", err)
}
