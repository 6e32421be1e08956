/* What can be wrong with a fit, found before the first step and on the way. */
#ifndef ELBO_INFERENCE_DIAGNOSE_H
#define ELBO_INFERENCE_DIAGNOSE_H

#include "inference/svi.h"

/* ---- Before the first step ---- */

/* The trace of the guide with two particles; of the model replayed from it, which must lie on the value stack. The tape records,
   with params on it (S->probing). Where one cannot be run, reports the warnings that can be told without it, and raises the worst
   error that is known: one that says what is wrong with the pair before the one that stopped the run. */
Trace *diagnose_guide(State *S, const Fit *fit, const Value *arguments, unsigned n);
Trace *diagnose_model(State *S, const Fit *fit, Trace *guide, const Value *arguments, unsigned n);
/* Compares these traces, while the tape still records: all warnings, then the first error that makes a fit meaningless. */
void diagnose_start(State *S, const Fit *fit, const Trace *model, const Trace *guide);

/* ---- The parts of it: one file each ---- */

/* no-latents, no-observations, guide-without-params. Either trace may be NULL. */
void diagnose_programs(State *S, const Fit *fit, const Trace *model, const Trace *guide);
/* unconstrained-scale: of all params met so far. */
void diagnose_params(State *S);
/* guide-samples-observed. */
void diagnose_observed(State *S, const Trace *model, const Trace *guide);
/* Raises guide-extra-site, guide-missing-site; of a fit, with a word where the guide was written for an earlier model. */
void diagnose_pairing(State *S, const Trace *model, const Trace *guide);
void diagnose_pairing_of(State *S, const Fit *fit, const Trace *model, const Trace *guide);
/* Raises support-mismatch. */
void diagnose_supports(State *S, const Trace *model, const Trace *guide);
/* Raises plate-forgotten, shape-mismatch. */
void diagnose_shapes(State *S, const Trace *model, const Trace *guide);

/* A latent site that is no alternative of another. */
static inline bool diagnose_is_latent(const Site *site) {
    return site->kind == MESSAGE_SAMPLE && !site->is_observed && !site->alternative;
}
/* Errors from here on are about the site. */
void diagnose_at_site(State *S, const Site *site);
/* What a caret should stand under: the site's name where it is written. */
Span diagnose_site_span(const Site *site);
unsigned diagnose_line(const Site *site);

/* ---- On the way ---- */

enum { DIAGNOSE_QUOTE = 80, DIAGNOSE_ORIGIN = 600 };

/* Raises not-a-number for a step whose ELBO is not finite: runs it once more and watches (runtime/watch.h). */
_Noreturn void diagnose_not_finite(State *S, SviRun *run, double elbo);
/* After an error has ended a step: raises not-a-number instead, if a number that was not finite is behind it. The state stands as
   before the first step; S->error holds the error. */
void diagnose_failed(State *S, SviRun *run);
/* Raises not-a-number for a step that would make a param no number: at the slope that is not finite, if there is one. */
_Noreturn void diagnose_update(State *S, SviRun *run, const FitParam *broken);
/* The step that fails, from 1. */
unsigned long long diagnose_step(const SviRun *run);
/* Where the last step met a param; NULL: not known. */
const Site *diagnose_param_site(const SviRun *run, const String *name);
/* At the end of a step, while its traces live: at a few steps, and at the last one, looks for an ELBO without bound (warning
   unbounded-elbo, once in a fit). */
void diagnose_progress(State *S, const SviRun *run);
/* After an error has ended a watched run before the first step: raises not-a-number instead, if a number that was not finite is
   behind it. S->error holds the error. */
void diagnose_probe_failed(State *S);
/* Runs the step again, watched, and returns its ELBO. */
Value diagnose_again(State *S, SviRun *run);
/* The source text of an expression, in quotes; "this" where it is long. */
const char *diagnose_quote(const Node *node, const Source *source, char text[DIAGNOSE_QUOTE]);
/* "; it comes from the params 'a' = 0.5 (line 4) and 'b' = -1 (line 5)": those behind a node of the tape; "" if none is. */
void diagnose_origin(State *S, const SviRun *run, uint64_t id, char text[DIAGNOSE_ORIGIN]);

#endif
