/* SPDX-License-Identifier: GPL-3.0-or-later
   One step of svi under the microscope: every message as the handlers see it, every site with log p and log q, the terms of the ELBO, and
   every param with its gradient, how noisy that is, and its update. */
#ifndef ELBO_INFERENCE_MICROSCOPE_H
#define ELBO_INFERENCE_MICROSCOPE_H

#include "inference/svi.h"
#include "runtime/onlooker.h"

/* How many times the gradient is taken again, with other draws, to see its noise. */
enum { MICROSCOPE_REPEATS = 20 };

/* What was seen of a step. Its objects lie on the value stack. */
typedef struct Microscope {
    double elbo, elbo_noise;      /* of this step; standard deviation over the repeats */
    Array *gradient, *noise;      /* of the ELBO by the unconstrained params, in the order of the fit's history; standard deviation */
    Array *before;                /* the unconstrained params before the update */
    Trace *guide, *model;         /* NULL: the estimator keeps them to itself */
    List *messages;               /* the lines of the messages */
} Microscope;

/* Takes one step as svi_step does, and prints what there was to see. */
void microscope_step(State *S, SviRun *run);

/* Stands between what one handler does and the next; a long line may be broken before it. */
#define MESSAGE_LOG_ARROW " → "

/* Notes each message as a line of text in `lines`; must live as long as S->onlooker points to it. */
typedef struct MessageLog {
    Onlooker onlooker;
    List *lines;
    const Function *program;      /* whose messages come now: guide or model */
    uint32_t lines_of_program;
    uint32_t depth;               /* of messages under way, */
    uint32_t line[16];            /* and the line of each */
} MessageLog;
void message_log_begin(MessageLog *log, List *lines);

/* Append to the text that is being built: sites with log q and log p, params with gradients and updates. */
void microscope_sites(State *S, const SviRun *run, const Microscope *m);
void microscope_params(State *S, const SviRun *run, const Microscope *m);

#endif
