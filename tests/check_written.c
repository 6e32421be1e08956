/* Handlers that programs define: run as every day, and with a collection at each safe point. */
#include "tests/session.h"

#define HANDLERS                                                                                                       \
    "handler count() { seen = 0; after sample(site) { seen = seen + 1 } }\n"                                           \
    "handler keep() { sites = {}; after sample(site) { sites[site.name] = {value: site.value, d: site.distribution, p: site.log_prob} } }\n" \
    "fn pair() { a ~ Delta(1); plate p(i in 0..3) { b[i] ~ Delta(a + i) }; a + sum(b) }\n"

static const Program runs_table[] = {
    {HANDLERS "c = count()\nwith c { pair() }\nprint(c.seen, c)", "2 <handler count: seen = 2>"},
    {HANDLERS "k = keep()\nprint(k(pair)())\nprint(k.sites.b)", "7\n{value: [1, 2, 3], d: Delta([1, 2, 3], 0), p: [0, 0, 0]}"},
    /* The clause enters handlers and plates of its own while a trace further in is under way. */
    {HANDLERS "handler busy(q) {\n n = 0\n after sample(site) {\n n = n + 1\n name = \"{q}{n}\"\n"
              " t = trace(fn() { plate p(i in 0..4) { sample(name, Delta(i)) } })()\n"
              " plate r(i in 0..2) { with count() { sample(\"{q}r{n}\", Delta(i)) } } } }\n"
              "t = trace(busy(trace(fn() { plate o(k in 0..2) { busy(pair, \"q\")() } }), \"s\"))()\nprint(t.value.value, names(t.value.sites), names(t.sites))",
     "[7, 7] [\"a\", \"q1\", \"qr1\", \"b\", \"q2\", \"qr2\"] [\"a\", \"s1\", \"sr1\", \"q1\", \"s2\", \"sr2\", \"qr1\", \"s3\", \"sr3\", \"b\", \"s4\", \"sr4\", "
     "\"q2\", \"s5\", \"sr5\", \"qr2\", \"s6\", \"sr6\"]"},
    {HANDLERS "c = count()\nplate lanes(k in 0..4) { with c { if k > 1 { pair() } } }\nprint(c.seen)\nwith c { pair() }\nprint(c.seen)",
     "[0, 0, 2, 2]\n[2, 2, 4, 4]"},
    {HANDLERS "plate lanes(k in 0..4) { if k > 1 { c = count()\n with c { pair() }\n print(c.seen) } }", "2"},
    {"handler nest(n) { on sample(site) { if n > 0 { with nest(n - 1) { site.value = sample(\"{site.name}'\", site.distribution) } } } }\n"
     "t = trace(nest(fn() { a ~ Normal(0, 1) }, 3))()\nprint(names(t.sites), t[\"a\"] == t[\"a'''\"])",
     "[\"a'''\", \"a''\", \"a'\", \"a\"] true"},
    {"handler h() { on param(site) { site.value = [1, 2] } }\n"
     "fn f() { param a = 0\n plate p(i in 0..2) { param b[i]: positive = 3\n a + b[i] } }\nprint(h(fn() { plate p(i in 0..2) { param b[i] = 3\n b[i] } })())",
     "[1, 2]"},
    {"handler h() { last = none; after sample(site) { last = site } }\na = h()\nwith a { mu ~ Delta(1) }\nprint(a.last)\nprint(a)",
     "<site mu, which is over>\n<handler h: last = <site mu, which is over>>"},
    {"handler h() { on sample(site) { print(site, site.value, site.mask) }\n after sample(site) { print(site.value, site.mask) } }\n"
     "plate p(k in 0..3) { with h { if k > 0 { mu ~ Delta(k) } } }",
     "<sample site mu> none 67 % true (3 lanes)\n1 ± 1 (3 lanes) 67 % true (3 lanes)"},
};
PROGRAMS(runs)

/* What an error says, and that the session goes on after it: the site of a clause that was left so is over. */
static const struct {
    const char *text, *parts[4];
} failures[] = {
    {"handler h() { last = none; on sample(site) { last = site; site.nam } }\na = h()\nfn f() { mu ~ Normal(0, 1) }\n"
     "plate p(i in 0..3) { t = trace(a(trace(f)))() }",
     {"a site has no field 'nam' [unknown-field]", "Did you mean 'name'?", "in the clause 'sample' of handler 'h', called at test.ppl:3:10", "under trace"}},
    {"handler h() { on sample(site) { site.line = 3 } }\nwith h { mu ~ Normal(0, 1) }",
     {"'line' of the sample site 'mu' cannot be set [site-field]", "may set value, scale, mask, hidden, is_observed and distribution"}},
    {"handler slow() { on sample(site) { with slow { nu ~ Normal(0, 1) } } }\nwith slow { mu ~ Normal(0, 1) }",
     {"test.ppl:1:18: error: the handler 'slow' never settles 'nu'", "[never-settles]"}},
    {"handler h() { on sampel(site) { 1 } }", {"no primitive sends a message 'sampel' [unknown-message]", "Did you mean 'sample'?"}},
    {"handler h(a) { b = 1; on sample(site) { b = 2 } }\nprint(h(1).c)", {"a handler has no field 'c' [unknown-field]"}},
    {"handler h(a) { on sample(site) { 1 } }\nwith h { 1 }", {"'h' needs the argument 'a' [missing-argument]"}},
};

START_TEST(says) {
    Session *s = session_new(true);
    s->collect_often = true;
    ck_assert_int_eq(session_run(s, failures[_i].text), ELBO_RUNTIME_ERROR);
    for (int k = 0; k < 4 && failures[_i].parts[k]; k++)
        ck_assert_msg(strstr(s->reports, failures[_i].parts[k]), "%s\nsays\n%s\nand not\n%s", failures[_i].text, s->reports, failures[_i].parts[k]);
    session_is_at_rest(s);
    if (_i == 0) {
        ck_assert_int_eq(session_run(s, "print(a.last)\nprint(a.last.name)"), ELBO_RUNTIME_ERROR);
        ck_assert_str_eq(s->out, "<site mu, which is over>\n");
        ck_assert(strstr(s->reports, "[site-over]"));
        session_is_at_rest(s);
    }
    session_close(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("written");
    ADD_PROGRAMS(suite, runs);
    TCase *errors = tcase_create("errors");
    tcase_add_loop_test(errors, says, 0, (int)(sizeof failures / sizeof *failures));
    suite_add_tcase(suite, errors);
    return session_run_suite(suite);
}
