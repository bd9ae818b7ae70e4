package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"peal/node/replica"
)

func (c *cli) importVerb() *cobra.Command {
	t := newTransfer("importing", "imported")
	cmd := c.isClient(&cobra.Command{
		Use:   "import DIR",
		Short: "Store all files of a directory",
		Long: `Store all files of a directory and of those in it. The key of a file is the prefix
and its path below DIR, with slashes.

Files over 32 GiB and paths over 1024 bytes fail, and the others go on; in the end a
line sums up, and the exit code is 1 if anything failed. Symbolic links, special files
and empty directories are left out, and so are owners, modes and times.

A file over 1 MiB is stored in blocks, as by 'peal put'; --timeout is then how long
each MiB may take.`,
		Example: "  peal import --prefix site/ ./public",
		Args:    wants(1, "DIR"),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.importDir(cmd.Context(), t, args[0]) },
	})
	t.flags(cmd.Flags(), "file")
	cmd.Flags().StringVar(&t.prefix, "prefix", "", "put this before each path")
	return cmd
}

func (c *cli) importDir(ctx context.Context, t *transfer, dir string) error {
	if err := t.begin(c, dir); err != nil {
		return err
	}
	api, err := c.client(patience)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return dirError(dir, err)
	}
	defer root.Close()
	if err := api.ping(ctx); err != nil {
		return err
	}
	names, err := t.list(dir)
	if err != nil {
		return dirError(dir, err)
	}
	t.run(ctx, c, names, func(ctx context.Context, name string) (int64, error) {
		return t.putFile(ctx, api, root, name)
	})
	return t.report(ctx, c)
}

// ping tells early that there is no peer, before every file finds out.
func (c *client) ping(ctx context.Context) error {
	_, err := c.do(ctx, request{method: http.MethodGet, path: "/v1/peer"})
	return err
}

// dirError names the directory in the words that it was given in.
func dirError(dir string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fail(codeError, "directory %s: %v", show(dir), err)
}

// list finds the regular files below dir.
func (t *transfer) list(dir string) ([]string, error) {
	top, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	err = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil && path == top {
			return err
		}
		name, _ := filepath.Rel(top, path)
		switch {
		case err != nil:
			t.fails(name, err)
		case entry.IsDir():
		case entry.Type()&fs.ModeSymlink != 0:
			t.skips(name, "it is a symbolic link")
		case !entry.Type().IsRegular():
			t.skips(name, "it is no regular file")
		default:
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

func (t *transfer) putFile(ctx context.Context, api *client, root *os.Root, name string) (int64, error) {
	key := t.prefix + filepath.ToSlash(name)
	if err := (replica.Record{Key: key}).Valid(); err != nil {
		return 0, err
	}
	f, err := root.Open(name)
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err == nil {
		err = checkSize(info.Size())
	}
	if err != nil {
		f.Close()
		return 0, err
	}
	value, err := openValue(f, show(name), info.Size())
	if err != nil {
		return 0, err
	}
	defer value.Close()
	r := request{method: http.MethodPut, path: "/v1/kv/" + escapeKey(key), follower: alive{&t.pace}}
	_, err = api.do(ctx, value.body(r))
	return value.size, err
}
