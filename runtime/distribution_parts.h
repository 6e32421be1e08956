/* What the files distribution*.c share. */
#ifndef ELBO_RUNTIME_DISTRIBUTION_PARTS_H
#define ELBO_RUNTIME_DISTRIBUTION_PARTS_H

#include "runtime/distribution.h"
#include "runtime/state.h"

/* value, parameters, prepared, logarithm of the value */
enum { DISTRIBUTION_INPUTS = 2 + DISTRIBUTION_PARAMETERS + DISTRIBUTION_PREPARED };

/* One input of a kernel before it is spread. data may point into number, so an input must not be copied. */
typedef struct DistributionInput {
    const Layout *layout;
    const double *data;
    double number[LANE_BLOCK];
} DistributionInput;

void distribution_prepare(State *S, Distribution *d);
/* Fills in the parameters and the prepared quantities; returns how many. */
unsigned distribution_inputs(State *S, Distribution *d, DistributionInput inputs[]);

/* A log density that is to be computed: what distribution_log_prob and distribution_score share. */
typedef struct Score {
    Distribution *d;
    Value value;
    Array *mask;
    bool missing;          /* some elements of value are `missing` */
    bool passing;          /* the result is gone when the tape is emptied */
    bool summed;           /* over the event and `axes`; else every element is kept */
    uint32_t n_axes;
    Axis *const *axes;
    const Layout *layout;  /* of the elements: value, parameters and mask joined */
    const Layout *result;  /* of what is left */
    double factor;         /* product of the sizes of axes that nothing has */
    DistributionInput input[DISTRIBUTION_INPUTS];
    unsigned log_at;       /* which input is the value's logarithm; 0: none */
    unsigned n_inputs, n_wanted; /* wanted: the value and the parameters */
    bool wanted[1 + DISTRIBUTION_PARAMETERS]; /* lies on the tape */
} Score;

/* The density, and partials for the value and the parameters. */
enum { SCORE_OUTPUTS = 1 + DISTRIBUTION_PARAMETERS };
/* Runs the family's kernel over the elements; out[0] is the density over layout[0], out[1 + k] the partial for the value (k = 0) or
   a parameter, NULL where not wanted. Where layout[k] is narrower than the elements', they are summed. */
void score_run(State *S, const Score *score, double *const out[], const Layout *const layout[]);
/* Room for the result. */
Array *score_room(State *S, const Score *score);
/* The sum from sufficient statistics, or (of a discrete family) from distinct values with counts, if that applies. */
bool score_collapse(State *S, Score *score, Value *result);
bool score_distinct(State *S, Score *score, Value *result);
/* What both need: result, factor, no mask along what is summed. */
void score_collapse_begin(State *S, Score *score);

/* Whether the sum may come from constant data alone: no axis that is summed has parameters or a mask that differ. */
bool score_is_of_constant(State *S, const Score *score);
/* The data that are there, without padding; returns how many. */
size_t score_gather(const Array *array, double *out);
/* For a family that is composed. Fills in wanted[0]. */
Value score_composed(State *S, Score *score);
/* distribution_sample and distribution_sample_event for one. */
Value composed_sample(State *S, Distribution *d, RandomKey key, size_t n);
Value composed_sample_event(State *S, Distribution *d, RandomKey key, const Layout *event);

/* The value of number or array `out` over score->result with an edge for each wanted input from `partial`, whose layout
   is `layout[k]`. */
Value score_finish(State *S, const Score *score, const double *number, Array *out, double *const partial[],
                   const Layout *const layout[]);

#endif
