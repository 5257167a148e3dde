/** Whether transactions get in each other's way: when they often do, they run one after another for a while. */

/** Share of the last runs that met a conflict, above which running beside others costs more than it gives. */
const HIGH = 0.15;
/** Weight of the last run in that share. */
const WEIGHT = 0.05;
/** How many transactions run alone then, before it is tried again; twice as many each time that it was no use. */
const FIRST_WHILE = 250;
const LONGEST_WHILE = 16_000;
/** So many runs beside others without getting hot, and the next hot time is a first one. */
const COOL = 1_000;

export class ConflictRate {
  private share = 0;
  private alone = 0;
  private while = FIRST_WHILE;
  private calm = 0;

  /** How the next transaction begins. */
  next(): 'alone' | 'together' {
    if (this.alone === 0) return 'together';
    this.alone -= 1;
    return 'alone';
  }

  /** A run beside others has ended. */
  ran(conflict: boolean): void {
    this.share += WEIGHT * (Number(conflict) - this.share);
    this.calm += 1;
    if (this.calm === COOL) this.while = FIRST_WHILE;
    if (this.share < HIGH) return;
    this.alone = this.while;
    this.while = Math.min(this.while * 2, LONGEST_WHILE);
    this.share = 0;
    this.calm = 0;
  }
}
