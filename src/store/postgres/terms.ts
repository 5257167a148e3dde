/**
 * Rows by their terms, in PostgreSQL: a table beside the rows with the terms of each as numbers, under a GIN index. It is
 * apart so that a row whose terms stay the same leaves that index alone, whatever else changes in it. A server that
 * does not know these terms leaves a mark for each row that it writes: whoever looks by terms next takes it in.
 */
import { crc32 } from 'node:zlib';
import type pg from 'pg';
import { type AnyQuery, beyondOf, GATHERED, hasTerms, startOf, termIndex, WALKED } from '../query-shape.ts';
import type { AnyTable, IndexValue, Terms } from '../store.ts';
import { cursorAt, type StoredRow } from '../values.ts';
