/* Structured linear maps that move numbers without changing them: nested strided loops, and gathers by a table.

   Loops run over lanes and components only, never over padding, so a number may be one double. */
#ifndef ELBO_RUNTIME_LINEAR_MAP_H
#define ELBO_RUNTIME_LINEAR_MAP_H

#include "runtime/layout.h"
#include "runtime/tape.h"

enum { MAP_LOOPS = LAYOUT_AXES + 2 * LAYOUT_RANK + 2 };

/* Which side of a map a stride belongs to. */
enum { MAP_OUT, MAP_IN, MAP_SIDES };

typedef struct MapLoop {
    size_t count;
    ptrdiff_t stride[MAP_SIDES]; /* 0 on one side: that number is repeated, or summed into */
} MapLoop;

/* out[start + …] = in[start + …] over nested loops, outermost first. Transposes, slices, crossings, spreads. */
typedef struct StridedMap {
    LinearMap map;
    size_t start[MAP_SIDES];
    unsigned n_loops;
    MapLoop loops[MAP_LOOPS]; /* only n_loops of them exist on the tape */
} StridedMap;

void strided_begin(StridedMap *map);
/* Adds a loop inside of those so far. */
void strided_loop(StridedMap *map, size_t count, size_t out, size_t in);
/* Adds loops over out's axes; an axis that `in` does not have repeats its number. */
void strided_lanes(StridedMap *map, const Layout *out, const Layout *in);
/* out = map(in): every element of out that the loops reach is written. */
void strided_copy(const StridedMap *map, const double *in, double *out);
/* The map in the tape's memory, for an edge. */
const LinearMap *strided_on_tape(State *S, const StridedMap *map);

/* For each position of the table: out = in[table[position] + …] over the strided loops. Positions are walked by loops of
   their own, whose strides are those in out and in the table. */
typedef struct GatherMap {
    LinearMap map;
    StridedMap strided;
    bool table_inside; /* the table's loops are the inner ones */
    unsigned n_positions;
    MapLoop positions[MAP_LOOPS];
    const size_t *table;
} GatherMap;

void gather_copy(const GatherMap *map, const double *in, double *out);
/* The other way: in[…] = out[…], later positions win. */
void gather_copy_back(const GatherMap *map, const double *out, double *in);
void strided_copy_back(const StridedMap *map, const double *out, double *in);
/* The map and its table in the tape's memory; the table has `size` entries. */
const LinearMap *gather_on_tape(State *S, const GatherMap *map, size_t size);

/* The transposed map, in the tape's memory. */
const LinearMap *map_transposed(State *S, const LinearMap *map);

#endif
