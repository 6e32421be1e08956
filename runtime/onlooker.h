/* SPDX-License-Identifier: GPL-3.0-or-later
   Who looks on while messages are sent: it sees each on its way through the handlers, and changes nothing. */
#ifndef ELBO_RUNTIME_ONLOOKER_H
#define ELBO_RUNTIME_ONLOOKER_H

#include "runtime/message.h"

typedef enum OnlookerMoment {
    ONLOOKER_SENT,    /* nobody has seen it yet */
    ONLOOKER_BEFORE,  /* a handler has seen it on its way out */
    ONLOOKER_SETTLED, /* the default action has run, if it was needed */
    ONLOOKER_AFTER,   /* a handler has seen it on its way back */
    ONLOOKER_DONE,
} OnlookerMoment;

/* `handler` is the frame's row or name of BEFORE and AFTER, else NULL; `was` the message as it was right before. Called with
   handlers and plates as they are at that moment; may not run program code. */
typedef struct Onlooker {
    void (*look)(State *S, struct Onlooker *onlooker, OnlookerMoment moment, const HandlerFrame *handler, const Message *was, const Message *m);
} Onlooker;

#endif
