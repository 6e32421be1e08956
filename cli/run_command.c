/* SPDX-License-Identifier: GPL-3.0-or-later
   elbo FILE, elbo -e CODE: runs a program. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/repl.h"

enum { PATH_ROOM = 1024 };

/* ---- A script that is not there ---- */

/* The nearest of the names in the folder of `path`, as a path; false: none is near. */
static bool near_file(const char *path, char *to, size_t size) {
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t before = (size_t)(base - path);
    char folder[PATH_ROOM];
    if (before >= sizeof folder) return false;
    snprintf(folder, sizeof folder, "%.*s", (int)before, path);
    DIR *entries = opendir(before ? folder : ".");
    if (!entries) return false;
    char best[PATH_ROOM] = "";
    for (const struct dirent *e; (e = readdir(entries));) {
        size_t n = strlen(e->d_name), k = strlen(base);
        bool script = n > 4 && strcmp(e->d_name + n - 4, ".ppl") == 0;
        /* The name without its ending is the nearest of all; else the nearest of this one and the best so far. */
        bool whole = script && n == k + 4 && strncmp(e->d_name, base, k) == 0;
        const char *const names[] = {e->d_name, best};
        const char *nearest = whole ? e->d_name : script ? elbo_nearest(base, names, *best ? 2 : 1) : NULL;
        if (nearest == e->d_name && n < sizeof best) memcpy(best, nearest, n + 1);
        if (whole) break;
    }
    closedir(entries);
    return *best && snprintf(to, size, "%s%s", folder, best) < (int)size;
}

/* What somebody may have meant who named a file that is not there; "" if nothing is near. */
static void suggest_file(const char *path, char *to, size_t size) {
    const char *names[COMMANDS];
    char near[2 * PATH_ROOM];
    for (int k = 0; k < COMMANDS; k++) names[k] = commands[k].name;
    const char *command = elbo_nearest(path, names, COMMANDS);
    *to = '\0';
    if (near_file(path, near, sizeof near)) snprintf(to, size, "Did you mean '%s'?", near);
    else if (command) snprintf(to, size, "Did you mean the command `elbo %s`?", command);
    else if (!strpbrk(path, "./")) snprintf(to, size, "Code is run by `elbo -e`, and `elbo help` says what a name means.");
}

elbo_Status cli_run_file(Cli *cli, const char *path) {
    struct stat status;
    if (strcmp(path, "-") == 0 || stat(path, &status) == 0 || errno != ENOENT) return elbo_run_file(cli->state, path);
    char message[PATH_ROOM], advice[3 * PATH_ROOM];
    snprintf(message, sizeof message, "the file '%.*s' cannot be opened: %s", PATH_ROOM - 100, path, strerror(ENOENT));
    suggest_file(path, advice, sizeof advice);
    elbo_report(cli->state, "no-file", message, *advice ? advice : NULL);
    return ELBO_NO_FILE;
}

/* ---- Running ---- */

elbo_Status cli_print_json(Cli *cli) {
    cli->output.aside = false;
    return elbo_print_json(cli->state, "_");
}

int run_command(Cli *cli) {
    const Options *o = &cli->options;
    const char *code = o->texts[OPTION_EVAL];
    bool prompts = options_has(o, OPTION_INTERACTIVE) || (!code && !o->n_arguments);
    size_t first = code || !o->n_arguments ? 0 : 1; /* of the program's own arguments */
    if (!elbo_set_strings(cli->state, "args", (const char *const *)o->arguments + first, o->n_arguments - first)) return EXIT_MEMORY;
    elbo_Status status = ELBO_OK;
    if (code) status = elbo_evaluate(cli->state, "<code>", code, strlen(code));
    else if (o->n_arguments) status = cli_run_file(cli, o->arguments[0]);
    if (prompts) return repl_run(cli, code || !o->n_arguments || status != ELBO_OK ? NULL : o->arguments[0]);
    if (options_has(o, OPTION_JSON) && status == ELBO_OK) status = cli_print_json(cli);
    return cli_exit_status(status);
}
