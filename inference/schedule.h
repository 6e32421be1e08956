/* Schedules: learning rates that change with the step. */
#ifndef ELBO_INFERENCE_SCHEDULE_H
#define ELBO_INFERENCE_SCHEDULE_H

#include "inference/hyper.h"

enum { SCHEDULE_SETTINGS = 4 };

/* A row of the registry (schedules.c). */
typedef struct ScheduleRow {
    const char *name;
    const Hyper *settings;
    void (*check)(State *S, const double settings[]); /* raises bad-argument where they do not fit together; NULL: always */
    double (*value)(const double settings[], double step); /* of that step, from 0 on */
    const char *help;
} ScheduleRow;

/* A schedule with its settings: exponential_decay(0.01, 0.999). */
typedef struct Schedule {
    Object header;
    const ScheduleRow *row;
    double settings[SCHEDULE_SETTINGS];
} Schedule;

extern const ScheduleRow schedule_rows[]; /* ended by a row without a name */

/* Adds the built-ins that make schedules. */
void schedule_natives(State *S);
void schedule_print(State *S, Object *object);
/* schedule(step), for a number or a vector of steps. */
Value schedule_call(State *S, Object *object, const Value *arguments, unsigned n);

/* Whether v can be a learning rate: a number, a schedule, or a function of the step. */
bool rate_is(Value v);
/* The learning rate in that step, from 0 on. Of a function it runs program code; raises bad-argument unless it gives a finite
   number that is at least 0. */
double rate_at(State *S, Value rate, uint64_t step);

#endif
