/* Distributions as values, and what every family gives to the runtime: one row of the registry. */
#ifndef ELBO_RUNTIME_DISTRIBUTION_H
#define ELBO_RUNTIME_DISTRIBUTION_H

#include "runtime/constraint.h"
#include "runtime/kernel.h"
#include "runtime/random.h"

enum {
    DISTRIBUTION_PARAMETERS = 4,
    DISTRIBUTION_PREPARED = 6,
    DISTRIBUTION_STATISTICS = 8,
    DISTRIBUTION_FORMULAS = 20,
    DISTRIBUTION_NOISES = 6,
    DISTRIBUTION_ALTERNATIVES = 3
};

typedef struct DistributionParameter {
    const char *name;
    ConstraintIndex constraint;
    const char *initial;    /* default as a number's text; NULL: must be given */
    const char *help;
} DistributionParameter;

/* What a sampler draws its noise from. */
typedef enum Noise { NOISE_NONE, NOISE_NORMAL, NOISE_UNIFORM } Noise;

/* name and text of a formula in Elbo over the parameters (and `x`, of cdf and its kin; `q`, of quantiles), differentiable
   because it runs on the tape: {"mean", "mu"}, {"cdf", "0.5 * erfc(…)"}. The names are those of distribution_questions. */
typedef struct DistributionFormula {
    const char *name;
    const char *text;
} DistributionFormula;

/* A quantity of the parameters alone that scores need, computed once for each lane of those that it depends on. */
typedef struct DistributionPrepared {
    unsigned depends; /* bit k: on parameter k */
    void (*compute)(size_t n, double *restrict out, const double *const parameters[]);
    bool log; /* it is the logarithm of the one parameter that it depends on, kept with that (array_log); no `compute` */
} DistributionPrepared;

/* Whether the list of prepared quantities goes on here. */
static inline bool prepared_exists(const DistributionPrepared *p) { return p->compute || p->log; }

/* Another way to give parameters, by keyword: Gamma(2, scale = 3), Bernoulli(logit = 0.3). A program gives either all of
   `given` or all of the parameters that they replace. */
typedef struct DistributionAlternative {
    DistributionParameter given[2]; /* ended by one without a name, or by the end; all must be given, and are checked */
    unsigned replaces;              /* bit k: parameter k is not given */
    /* The family that computes with what is given, where the numbers themselves would lose digits (a logit for a probability).
       It bears the same name, and its parameters are named as the ones given and the own ones that remain. NULL: the family
       itself, and `parameters` says in Elbo over all that is given what the ones replaced are: {[1] = "1 / scale"}. */
    const struct DistributionRow *row;
    const char *parameters[DISTRIBUTION_PARAMETERS];
} DistributionAlternative;

/* A family whose draws are no elementwise function of its parameters (a parameter is a vector and a draw a number, or a
   parameter is a distribution): written in operations on values, which differentiate themselves, instead of kernels. Its
   arguments may be left out when their row has an `initial`. None of these functions but `field` runs program code. */
typedef struct DistributionComposed {
    /* Checks the arguments, which are in d->parameters (VALUE_UNASSIGNED where left out), replaces them by what the others
       here read, and fills in d->layout: the lanes and the event shape of one draw. */
    void (*make)(State *S, Distribution *d);
    /* One draw for each lane of the plates around (S->lanes), and for each element of `event`'s shape, which is d's own or,
       where d is one of numbers, any. As distribution_sample says of tape and barrier. Several draws at once are made in a
       plate of their own around the call. */
    Value (*sample)(State *S, Distribution *d, RandomKey key, const Layout *event);
    /* Whether a draw is one whole, whose log density is one number for each lane (a vector, a matrix); else its elements are
       draws by themselves. */
    bool joint;
    /* The log density in each lane: of each element, or, if joint, of the whole, which then has exactly d's event shape. -inf,
       with gradient 0, out of the support (NaN and `missing` are). */
    Value (*log_prob)(State *S, Distribution *d, Value value);
    /* The sufficient statistics of n constant data, one after the other, each with its components: what log_prob_sum needs of
       them, kept with the data. They depend on the family and the event shape only. NULL: none are known. */
    Value (*statistics)(State *S, const Layout *event, const double *x, size_t n);
    /* The sum of the log densities of n data with these statistics. False: it does not apply. */
    bool (*log_prob_sum)(State *S, Distribution *d, Value statistics, size_t n, Value *sum);
    /* mean, cdf, …, with the argument that the method takes or NULL; unassigned: it is not known. Runs program code. NULL: the
       row's formulas, over all parameters, are what there is. */
    Value (*field)(State *S, Distribution *d, const char *name, const Value *extra);
    /* Parameter k as programs and formulas see it: where it was not given, what the others say that it is (a covariance from a
       Cholesky factor). NULL: as given. */
    Value (*parameter)(State *S, Distribution *d, unsigned k);
    unsigned n_shown;  /* how many parameters are printed; those that were not given are left out */
    unsigned either;   /* bits of parameters of which a program gives exactly one; 0: no such choice */
} DistributionComposed;

/* A family. All kernels obey runtime/kernel.h: n is a multiple of 8, no branches on data where they can be avoided. */
typedef struct DistributionRow {
    const char *name;
    const char *help;
    DistributionParameter parameters[DISTRIBUTION_PARAMETERS];
    unsigned n_parameters;
    DistributionAlternative alternatives[DISTRIBUTION_ALTERNATIVES]; /* ended by one without anything given, or by the end */

    /* For whoever asks for help. */
    const char *density; /* of x, as a formula to read: "rate^shape x^(shape - 1) exp(-rate x) / Gamma(shape)" */
    const char *edges;   /* what happens at the edge of the support and for degenerate parameters, in sentences */
    const char *sampler; /* the algorithm of the draws, with its source */
    const char *example;

    const char *support;     /* a constraint in Elbo over the parameters: "positive", "interval(low, high)" */
    const DistributionComposed *composed; /* NULL: a family of kernels; else it has none, and `support` may be NULL */
    bool discrete;           /* its draws have no reparameterised gradient, whatever the sampler */
    bool boolean;            /* its draws are truth values */

    /* What no single parameter's constraint says, by lane; `condition` in words: "low must be less than high". NULL: nothing. */
    bool (*accepts)(const double *parameters);
    const char *condition;

    DistributionPrepared prepared[DISTRIBUTION_PREPARED]; /* ended by an empty one */
    bool wants_log; /* the log density reads the logarithm of the value, as one more input behind the prepared ones */

    /* Log density: in = value, parameters, prepared; partial[0] for the value (NULL for discrete families: never asked),
       partial[1 + k] for parameter k; each may be NULL. Outside the support (NaN is) the log density is -inf; where it is
       infinite all partials are 0. */
    void (*score)(size_t n, double *restrict out, double *const partial[], const double *const in[]);
    /* The same where parameters and prepared quantities are one number each for all values: in[1 …] point to single numbers.
       Same bits. NULL: they are spread for `score`. */
    void (*score_lone)(size_t n, double *restrict out, double *const partial[], const double *const in[]);

    /* Sampler: in = parameters, then an input for each noise; partial[k] for parameter k (each may be NULL; all are for
       discrete families). NULL if the family has none. With `rejects` out[i] is NaN where the noise was refused; such lanes are
       tried again with other noise. */
    Noise noise[DISTRIBUTION_NOISES];
    bool rejects;
    void (*transform)(size_t n, double *restrict out, double *const partial[], const double *const in[]);
    /* The same for parameters that are one number each: in[0 …] point to single numbers. NULL: they are spread. */
    void (*transform_lone)(size_t n, double *restrict out, double *const partial[], const double *const in[]);
    /* Sampler by lane, for families without one; parameters[k] is the lane's number. With `reparameterised` it also gives
       partial[k], the derivative of the draw with respect to parameter k, when partial is not NULL. */
    double (*draw)(LaneRandom *random, const double *parameters, double *partial);
    bool reparameterised;

    /* Sufficient statistics of n data (no missing among them), and the sum of the log densities from them. in = parameters,
       prepared. NULL when the family has none. */
    void (*statistics)(const double *x, size_t n, double statistics[]);
    bool statistics_given; /* they depend on parameter 0, which must be one constant number: the last statistic holds it
                              when `statistics` is called and ever after */
    void (*score_statistics)(size_t n, double *restrict out, double *const partial[], const double *const in[],
                             const double statistics[]);

    DistributionFormula formulas[DISTRIBUTION_FORMULAS]; /* mean variance stddev mode median entropy cdf quantile */

    unsigned kl_equal; /* bits of parameters that must be equal in both distributions, and constant, for the formula kl to hold */

    /* For `reparam`. A draw of the family is `from_base`, an Elbo text over `x` and the parameters, of a draw x of the
       distribution `base`, a text over the parameters: "Normal(mu, sigma)" and "exp(x)". NULL: none is known. */
    const char *base, *from_base;
    bool location_scale; /* parameter `location` is a location and the next one a scale: a draw is loc + scale * (a draw at 0, 1) */
    unsigned location;
} DistributionRow;

/* Whether its draws are what its parameters say, without noise (Delta). */
static inline bool distribution_is_fixed(const DistributionRow *row) { return row->transform && row->noise[0] == NOISE_NONE; }

struct Distribution {
    Object header;
    const DistributionRow *row;
    Value parameters[DISTRIBUTION_PARAMETERS];
    const Layout *layout;                     /* lanes and event shape of one draw: the join of the parameters' layouts, unless
                                                 it is composed */
    bool discrete, joint;                     /* the row's, unless `make` says otherwise: what is built from other distributions
                                                 is what these are */
    Value drawn, drawn_from;                  /* Transformed: the last draw, and what it is the image of. Truncated: the logarithm
                                                 of the probability within the bounds */
    Value factor;                             /* multivariate normals and their kin: a Cholesky factor that `make` computes */
    bool is_prepared;                         /* the rest is filled when a score first wants it */
    Array *prepared[DISTRIBUTION_PREPARED];   /* with the lanes of what it depends on; NULL when those are lone numbers */
    double single[DISTRIBUTION_PREPARED][LANE_BLOCK]; /* its place then */
};

extern const DistributionRow *const distribution_rows[]; /* ended by NULL */

/* What a distribution may be asked for, by a formula or `field`, each with a line of help. */
typedef struct DistributionQuestion {
    const char *name;
    const char *argument; /* the name of what it takes, for methods: d.cdf(x); NULL: d.mean */
    const char *help;
} DistributionQuestion;
extern const DistributionQuestion distribution_questions[]; /* ended by one without a name */
const DistributionQuestion *distribution_question(const char *name);
/* Whether distributions of the family may have an answer: what is derived from other questions counts. */
bool distribution_answers(const struct DistributionRow *row, const char *name);

/* The numbers of the given row, as its own list may end early. */
static inline unsigned alternative_size(const DistributionAlternative *a) { return !a->given[0].name ? 0 : a->given[1].name ? 2 : 1; }
/* A signature for native_new: parameters, then `|` and what stands for them by keyword. */
const char *distribution_signature(State *S, const DistributionRow *row);
/* A distribution from the arguments of a call, in the order of that signature (VALUE_UNASSIGNED where left out). Runs program
   code. */
Value distribution_call(State *S, const DistributionRow *row, const Value *arguments);

const DistributionRow *distribution_find(const char *name);
/* Whether a parameter of it, or of a distribution among these, lies on the tape. */
bool distribution_is_taped(const State *S, const Distribution *d);
/* Calls `each` with every distribution among the parameters, lists of these included. */
void distribution_each_inner(const Distribution *d, void (*each)(Distribution *inner, void *context), void *context);
/* Parameter k as a program sees it. */
Value distribution_parameter(State *S, Distribution *d, unsigned k);
/* Whether they are of one family, with equal parameters. */
bool distribution_equal(const Distribution *a, const Distribution *b);

/* Whether v may be the parameter p of the family: else the named error. */
void distribution_check(State *S, const DistributionRow *row, const DistributionParameter *p, Value v);

/* A distribution with all parameters given. Checks them at once, in the lanes that are on: named error with the parameter,
   its value and what it must be (kind "bad-argument"). */
Distribution *distribution_new(State *S, const DistributionRow *row, const Value *parameters);
/* The same for parameters that were checked where they were made. */
Distribution *distribution_of_checked(State *S, const DistributionRow *row, const Value *parameters);

/* Draws: one for each lane of the plates around and each element of the parameters' event shape, plus a leading event axis
   of `n` independent draws when n > 0. The result lies on the tape when a parameter does and the family is reparameterised;
   otherwise its node is a barrier if a parameter lies on the tape. Lanes that are off hold some value in the support. */
Value distribution_sample(State *S, Distribution *d, RandomKey key, size_t n);

/* One draw for each lane and each element of `event`'s shape, which is d's own or, where d is one of numbers, any. */
Value distribution_sample_event(State *S, Distribution *d, RandomKey key, const Layout *event);

/* Of a distribution whose draws are one whole: error missing-in-part if a part of a draw is missing, in a lane that is on. */
void distribution_check_missing(State *S, Distribution *d, Value value);

/* Log density of each element: the join of the layouts of value and parameters. */
Value distribution_log_prob(State *S, Distribution *d, Value value);

/* Log density summed over the event and over the given lane axes (an axis that neither value nor parameters have multiplies
   by its size). Where mask (boolean lanes or NULL) is off, exactly 0. From sufficient statistics whenever value is constant,
   no parameter has one of the axes, nothing is masked off within them, and the family has statistics; so looking at it from
   elsewhere changes no bits. */
Value distribution_score(State *S, Distribution *d, Value value, Array *mask, uint32_t n_axes, Axis *const axes[]);
/* The same for a term of a sum: the value may be gone when the tape is emptied. */
Value distribution_term(State *S, Distribution *d, Value value, Array *mask, uint32_t n_axes, Axis *const axes[]);

#endif
