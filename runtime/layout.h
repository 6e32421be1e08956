/* Lane axes and layouts: the shape of a value, lanes included.

   A layout is interned: equal layouts are one pointer. It lists the lane axes, outermost first (by depth), and the event
   shape. Memory: data[component * stride + lane]; components are the row-major index into the event shape; lanes are the
   row-major index over the axes, where the innermost axis is padded to a multiple of 8 (`row`). Without axes, stride is 1:
   plain row-major, the whole padded to a multiple of 8. An axis of one lane is no axis. */
#ifndef ELBO_RUNTIME_LAYOUT_H
#define ELBO_RUNTIME_LAYOUT_H

#include "runtime/value.h"

enum { LAYOUT_AXES = 8, LAYOUT_RANK = 8, LANE_BLOCK = 8 };

/* A lane axis. Interned: its identity is (name, size, depth). Depth is the number of plates around the plate that makes it. */
struct Axis {
    Object header;
    Axis *chain;
    String *name;
    size_t size;
    uint32_t depth;
    Array *index; /* 0, 1, 2, … over this axis, made when first wanted; NULL before */
};

struct Layout {
    Object header;
    Layout *chain;
    uint64_t hash;
    uint8_t n_axes;
    uint8_t rank;
    Axis *axes[LAYOUT_AXES];
    size_t dims[LAYOUT_RANK];
    size_t axis_stride[LAYOUT_AXES]; /* in doubles */
    size_t components; /* product of dims */
    size_t lanes;      /* product of axis sizes */
    size_t row;        /* padded size of the innermost axis; without axes, padded number of components */
    size_t rows;       /* rows of a component: product of the outer axes' sizes */
    size_t stride;     /* doubles from component to component: rows * row; without axes 1 */
    size_t size;       /* doubles in all, a multiple of 8 */
};

static inline size_t lane_pad(size_t n) { return (n + (LANE_BLOCK - 1)) & ~(size_t)(LANE_BLOCK - 1); }

/* The axis of a plate; size must be at least 2. */
Axis *axis_intern(State *S, String *name, size_t size, uint32_t depth);
/* axes must be sorted by depth; of size at least 2 each. */
const Layout *layout_intern(State *S, uint32_t n_axes, Axis *const axes[], uint32_t rank, const size_t dims[]);
const Layout *layout_scalar(State *S); /* no axes, rank 0 */
const Layout *layout_vector(State *S, size_t n);
const Layout *layout_matrix(State *S, size_t rows, size_t columns);
/* The same lanes with another event shape; the same event shape with other lanes. */
const Layout *layout_with_event(State *S, const Layout *lanes, uint32_t rank, const size_t dims[]);
const Layout *layout_with_lanes(State *S, const Layout *event, const Layout *lanes);
/* The layout of an elementwise result: all axes of both; event shapes must be equal or one of them a number's. NULL if they
   do not fit (shapes differ, or two axes of one depth). */
const Layout *layout_join(State *S, const Layout *a, const Layout *b);
/* a's event shape over the axes of both; NULL if two axes of one depth differ. */
const Layout *layout_join_lanes(State *S, const Layout *a, const Layout *b);
bool layout_same_event(const Layout *a, const Layout *b);
bool layout_has_axis(const Layout *layout, const Axis *axis);
/* Position of the axis in layout->axes, or -1. */
int layout_axis_position(const Layout *layout, const Axis *axis);
/* Whether every axis of `a` is one of `b`. */
bool layout_lanes_within(const Layout *a, const Layout *b);

/* Unlink an object that the collector is about to free from its hash table. */
void axis_forget(State *S, Axis *axis);
void layout_forget(State *S, Layout *layout);

static inline bool layout_is_scalar(const Layout *l) { return l->n_axes == 0 && l->rank == 0; }

#endif
