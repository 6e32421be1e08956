/* Tables of text: columns as wide as their widest cell. */
#ifndef ELBO_RUNTIME_TABLE_H
#define ELBO_RUNTIME_TABLE_H

#include "runtime/text.h"

enum { TABLE_COLUMNS = 12, TABLE_CELL = 40 };

typedef struct TableColumn {
    const char *title;
    bool right; /* numbers */
} TableColumn;

/* A table that is being filled, cell by cell, row by row. The texts of the cells lie in the state's text, from `start` on,
   each ended by a NUL. */
typedef struct Table {
    const TableColumn *columns;
    unsigned n_columns;
    size_t start;
    size_t cell; /* where the last one begins */
    size_t cells;
} Table;

Table table_begin(State *S, const TableColumn *columns, unsigned n_columns);
/* Begins the next cell: what is appended to the text from here on stands in it, control characters made visible. Cells of over TABLE_CELL columns are cut. */
void table_cell(State *S, Table *table);
/* Lays the table out, within S->table_columns where that is set, and leaves it as the text from table.start on. */
void table_end(State *S, Table *table);

#endif
