package org.findthelady.match.kernel;

/**
 * Every number that decides a verdict, an ambiguity, an origin or an order. Probabilities are
 * without unit, shares are 0 to 1, logarithms are natural. Which tensors are pairs is decided in
 * {@code align}, which knows nothing of matching and states its own numbers.
 */
public final class Thresholds {
  private Thresholds() {}

  // Origin.

  /**
   * Probability below which chance is ruled out, for each of the two tests of origin. An auditor
   * with a million suspects expects one false accusation.
   */
  public static final double COMMON_ORIGIN = 1e-6;

  /**
   * Probability below which the test in place needs no second one. Six orders below {@link
   * #COMMON_ORIGIN}, so that the second test could not take it back.
   */
  public static final double NO_SECOND_TEST = 1e-12;

  /**
   * Part of the error level that the exact test in place may use; the rest is for the test of
   * shuffled suspects, which is a bound and seldom uses its part. Keeps the combined level exact.
   */
  public static final double IN_PLACE_PART = 0.8;

  /** Neurons that must be tested before a common origin is ruled out; fewer have no power. */
  public static final long ENOUGH_TESTS = 32;

  /** Units of a group that the test in place looks at: 128 x 128 cosines, more add no power. */
  public static final int TESTED_UNITS = 128;

  /** Units that a group needs for the test in place: 4! orders at least, else p cannot be small. */
  public static final int FEWEST_UNITS = 4;

  /**
   * Spread of cosines that float32 products may make of equal ones: 2^-24 times the root of 2^20.
   */
  public static final double COSINE_ROUNDING = 1e-4;

  /** Numbers of one tensor that the test in place reads of each side: 32 MiB as float32. */
  public static final long TESTED_ELEMENTS = 1 << 23;

  /**
   * The same where there are so many tensors that all together would be more than {@link
   * #TESTED_AGAIN}: the units of a large layer get hundreds of numbers each.
   */
  public static final long TESTED_OF_MANY = 1 << 19;

  /** Numbers of all tensors that a test of origin reads again, about, at most: 256 MiB. */
  public static final long TESTED_AGAIN = 1 << 26;

  /** A neuron's stand-out counts no more than this: one in e^10. */
  public static final double MOST_STAND_OUT = 10;

  /**
   * Stand-outs are divided by this. Networks trained apart on one task learn some of the same
   * features: measured on such pairs a mean of 1.16 where chance gives 1.
   */
  public static final double STAND_OUT_ALLOWANCE = 1.35;

  /**
   * Variance of a group's cosines above which it does not prove an origin alone: the rows then have
   * fewer than 32 effective numbers, as first layers of vision networks do, which look alike in
   * networks trained apart.
   */
  public static final double FEW_NUMBERS = 1.0 / 32;

  /**
   * Cosine of all weights that networks of different widths have both, below which a small
   * probability does not prove a common origin: which units are compared is then chosen among many.
   * Measured: 0.49 at most on 192 pairs of small networks that were trained apart, 0.53 on two for
   * CIFAR-10; a copy pruned by 90 % has 0.66.
   */
  public static final double OTHER_WIDTH_COSINE = 0.6;

  // Equal weights.

  /** Share of equal weights, beyond chance, that speaks for a common origin by itself. */
  public static final double EQUAL_SHARE = 0.05;

  /**
   * Numbers of tensors that are equal as a whole, follow no rule and are no chance, that do so too:
   * a copied layer, in a network of any size.
   */
  public static final double EQUAL_WHOLE = 512;

  /**
   * Share of a tensor's rows that must hold the very numbers of rows of the reference, in whatever
   * order, for it to be copied. Measured: not one row of 885 tensors of strangers (seeded, and real
   * networks trained apart), as they are or rounded to 8, 6 and 4 bits, half precision, 8-bit
   * floats or pruned by 60 %; all rows of a copied layer, whatever was permuted.
   */
  public static final double COPIED_SHARE = 0.5;

  /** Rows that a tensor must have for that: fewer are no more than the numbers of the tensor. */
  public static final int COPIED_ROWS = 4;

  /**
   * Different numbers that a row must hold to be told from others by them: eight numbers of 4 bits
   * are alike in any order once in 10^5 pairs of rows.
   */
  public static final int COPIED_VALUES = 8;

  /**
   * How many times the rate that the histograms of values give must be exceeded besides. Matching
   * rows raises the rate of networks of few values by less than a factor of 4 (measured on ternary,
   * sign and 8-bit float pairs of 64 x 64).
   */
  public static final double EQUAL_TIMES_CHANCE = 8;

  /** Logarithm of the probability below which so many equal weights are no chance. */
  public static final double EQUAL_LOG_P = Math.log(1e-12);

  /**
   * Share of a tensor's numbers that must follow from their neighbours by a short recurrence, or
   * from each other's order, before it is taken for a constant. Trained weights: below 0.05.
   */
  public static final double CONSTANT_SHARE = 0.8;

  /**
   * Error of a number that a recurrence predicts, as a share of its line's root mean square.
   * Float32 gives 1e-6.
   */
  public static final double PREDICTED = 1e-3;

  /**
   * Compressed length of numbers in their order, as a share of that in random order, below which
   * the order follows a rule.
   */
  public static final double ORDERED = 0.7;

  /**
   * The same as a share of that in random order among 16 neighbours. Quantised weights are at 0.99
   * and more in all of ggml's types and with a scale per row; grids and anchors of detectors at
   * 0.79 and less.
   */
  public static final double ORDERED_NEARBY = 0.85;

  // Evidence and certificates.

  /**
   * Mean square of the noise that is expected at least, as a share of a tensor's own mean square.
   * Keeps an unchanged tensor from outvoting all others.
   */
  public static final double LEAST_NOISE = 1e-3;

  /**
   * Taken off every cosine before it certifies a match: 64 units in the last place of float32 at 1.
   */
  public static final double COSINE_SLACK = 0x1p-18;

  /**
   * Standard errors of Fisher's z at which a sketch bounds a cosine. A normal variable lies further
   * out once in 10^12.
   */
  public static final double SKETCH_DEVIATIONS = 7;

  /**
   * Share of a sample of the suspect's numbers that the reference must hold before single
   * unmodified weights break ties.
   */
  public static final double SURVIVING_SHARE = 0.95;

  /**
   * Share of the reference's numbers that must be different for that. Of numbers from a grid so
   * fine, half at most would be found by chance.
   */
  public static final double DISTINCT_SHARE = 0.75;

  // Order.

  /**
   * Logarithm of the odds, beside that of the units that compete, from which a place is known: one
   * wrong place in e^7 groups.
   */
  public static final double SURE_ODDS = 7;

  /**
   * Logarithm of the probability below which matches of a group stand out, so that it is put in
   * order before groups whose matches do not.
   */
  public static final double STANDS_OUT_LOG_P = Math.log(1e-6);

  /**
   * Units of a group up to which the best one-to-one choice is made also where no match stands out.
   * It is chance then, and takes all scores of nearly all units, again and again: of 5,632 units
   * more than a quarter of an hour under load, of the 2,048 of a stream that was turned four
   * minutes.
   */
  public static final int MOST_BY_CHANCE = 1024;

  /** Share of ambiguous units from which on all groups of a small network are matched at once. */
  public static final double DOUBTFUL_SHARE = 0.25;

  /**
   * Expected mean square of the noise, as a share of a tensor's own, from which on a lost order
   * does not speak against a common origin.
   */
  public static final double DROWNED = 1;

  /** Gain of log likelihood for which the orders of joint matching are taken. */
  public static final double JOINT_GAIN = 1;

  /**
   * Standard deviations that the likelihood of a joint match may lie below what the true order
   * would reach.
   */
  public static final double JOINT_SHORTFALL = 2;

  /**
   * Squared distance of norms in the other rotary layout, as a share of that in the own one, up to
   * which the suspect is taken to have the other layout.
   */
  public static final double ROTARY_LAYOUT = 0.25;

  /** Cosine with the negative of a unit above which the unit may have been turned. */
  public static final double OPPOSED = 0.3;

  /** How many times that must exceed the best cosine with any unit as it is. */
  public static final double OPPOSED_TIMES = 2;

  // Changes.

  /** Cosine of a direction that is kept, but for rounding. */
  public static final double SAME_DIRECTION = 0.99999;

  /** What float32 sums of squares leave between the cosine of one line and 1. */
  public static final double SUMMED_COSINE = 1e-7;

  /** Cosine below which a row says nothing of its scale. */
  public static final double RELIABLE_DIRECTION = 0.5;

  /** Cosine, turned, at which a member beside the widest shows that a neuron's sign is turned. */
  public static final double SURELY_TURNED = 0.9;

  /**
   * Error of two factors of which one is to undo the other, as a share of the change; rounding adds
   * to it.
   */
  public static final double UNDONE = 1e-3;

  /**
   * Share of a unit's squared difference that a factor may leave, if the factor is what changed it:
   * float32 leaves 0.002 of a factor of 1.0001, noise all but one part in the unit's numbers.
   */
  public static final double BY_FACTOR = 0.01;

  /**
   * Share of the squared change of a unit's norm that other changes of its numbers may be, for the
   * unit to be called scaled. Pruning that leaves a share f of a row's squares makes f / (1 - f):
   * 0.7 for the rows of trained networks whose norms stood out.
   */
  public static final double FACTOR_REST = 0.25;

  /** The same, as a multiple of what the units of the layer have in the median: noise on all. */
  public static final double USUAL_REST = 2;

  /** What float32 sums of squares leave of two factors of which one undoes the other. */
  public static final double FACTOR_ROUNDING = 1e-5;

  /** The same where the weights were changed besides, noise of the weights beside. */
  public static final double ABOUT_UNDONE = 0.05;

  /**
   * Part of a factor's change that its inverse behind may leave: errors of both, of which a factor
   * is {@link #SCALING_DEVIATIONS} away from 1, leave half of it once in 200.
   */
  public static final double LEFT_OF_FACTOR = 0.5;

  /** The same of a change up to {@link #ROUNDED_FACTOR}: float32 leaves a thousandth. */
  public static final double LEFT_OF_SLIGHT = 0.05;

  /** Numbers of a unit up to which their direction says nothing. */
  public static final int NARROW = 3;

  /** Cosine of a tensor below which nothing is left of it. */
  public static final double NOTHING_LEFT = 0.1;

  /**
   * Part of one side's weights in the other's, as a share of their squares, below which it does not
   * hold them whole. Noise, training on and quantising leave it within a few percent of 1.
   */
  public static final double HOLDS_WHOLE = 0.9;

  /**
   * Share of a unit's squared difference that one factor has to explain before the unit counts as
   * scaled: one weight that was edited holds less of its unit, noise of a tenth leaves 0.9 of a
   * factor of 1.5.
   */
  public static final double SCALED_SHARE = 0.75;

  /** Squared relative difference that float32 sums of squares tell from none. */
  public static final double SUMMED = 1e-6;

  /**
   * Relative change of a neuron's norm that is told as scaling; rounding of the type adds to it.
   */
  public static final double SMALLEST_SCALING = 1e-4;

  /**
   * Change of a unit's norm up to which a cast is looked for: rounding is about a factor of a row
   * that one number dominates, to 0.2 % in BF16. Decides work.
   */
  public static final double ROUNDED_FACTOR = 0.002;

  /** Robust standard deviations of a layer's factors at which one stands out. */
  public static final double SCALING_DEVIATIONS = 8;

  /** More zeros than the reference has, as a share of the changed weights: pruned. */
  public static final double PRUNED_SHARE = 0.01;

  /** Bits up to which few values are told as quantisation. */
  public static final int MOST_BITS = 12;

  /** Numbers for each different value that a tensor needs before few values mean quantisation. */
  public static final int NUMBERS_PER_VALUE = 4;

  /**
   * Share of the numbers other than zero that are the reference's own: above it few values come
   * from pruning.
   */
  public static final double KEPT_VALUES = 0.5;

  /**
   * Robust standard deviations, of logarithms, by which the squared change of a unit must exceed
   * that of its layer, both as it is and as a share of the unit's own squares, for the unit to be
   * named. Measured without an edit: 7.5 at most on 1,058 tensors (noise on all, on rows and
   * relative to each number, training on, single zeros, half precision, and four pairs of real
   * trainings). A row drawn anew is named in 93 % of 115 tensors under noise of 0.01, in 76 % under
   * 0.1, in 48 % under 0.3.
   */
  public static final double ODD_DEVIATIONS = 8;

  /** Units that an axis must have for some of them to stand out: quartiles need four. */
  public static final int ODD_FEWEST = 4;

  /** Share of an axis' units that may stand out: quartiles are theirs beyond it. */
  public static final double ODD_SHARE = 0.25;

  /**
   * Squared change of a unit's numbers, as a share of their own squares, that neither pruning (1 at
   * most) nor rounding to the nearest of few levels makes; numbers drawn anew make 2.
   */
  public static final double BEYOND_ROUNDING = 1.2;

  /**
   * The same as a multiple of what the units of the layer have in the median: rounding to equal
   * steps leaves at most three times the mean, also of units that have hardly any weight.
   */
  public static final double MOST_OF_ROUNDING = 4;

  /** Changed units of a group, or rows of a table, up to which each is named. */
  public static final int NAMED_UNITS = 64;

  /** Cosine of two rows of a table at the same index from which they are one row. */
  public static final double SAME_ROW = 0.9;

  /**
   * Cosine by which a row of a table must be more like the row that it is taken for than like any
   * other: half the rows of a trained table of 512 tokens have another with a cosine above 0.998.
   */
  public static final double ROW_AHEAD = 0.05;

  /**
   * Standard errors of a difference of Fisher's z by which a row must be more like another one than
   * like that at its own index to have been moved. Noise of 1.5 times the weights makes 3 of 512
   * rows, most of them never trained, more like another one by 2 to 3.
   */
  public static final double ROW_DEVIATIONS = 4;

  /**
   * Distance of layers in another order, as a share of that where they stand, below which they were
   * moved. Distances are of sorted norms; the layers of a trained Llama that were noised by 0.1 and
   * swapped leave below 0.05.
   */
  public static final double LAYERS_MOVED = 0.5;

  /** Relative difference of weights from which another order of layers is looked for. */
  public static final double LAYERS_LEAST = 0.3;

  /**
   * Difference of the cosines of the least and the most alike weights from which on more of them
   * may have moved than was found. Decides work. Noise on all leaves 0.1, two of four experts that
   * traded places 0.5.
   */
  public static final double UNEVEN_COSINE = 0.3;

  /**
   * Distance of sorted norms, a mean over a layer's tensors, up to which it is another one of the
   * suspect again.
   */
  public static final double LAYER_REPEATED = 0.01;

  /** Relative difference of float32 numbers that were computed in another order. */
  public static final double ROUNDING = 1e-6;

  // Other bases.

  /**
   * Relative difference, after a change of basis was undone, up to which the function is kept:
   * several float32 products of rounded numbers.
   */
  public static final double BASIS_ROUNDING = 1e-4;

  /**
   * The same of one tensor: a head's basis that is nearly singular makes rounding larger, to 6e-6
   * at most where it was measured; one bias of many that was changed makes more than 1e-2.
   */
  public static final double BASIS_ROUNDING_OF_ONE = 1e-3;

  /** Share of a row's norm in one number above which a basis is a mere order. */
  public static final double PLAIN_ORDER = 0.99;

  /**
   * Share of the squared difference in order, of a head or a stream, that must be left at most for
   * another basis to be what changed it. Least squares explain 12 % of what a merged adapter of
   * rank 3 did to heads of 8 x 64; noise as large as the weights leaves a third where the basis is
   * another one.
   */
  public static final double BASIS_GAIN = 0.5;

  /**
   * Cosine of half of a stream's coordinates with their best partners, over 64 anchored vectors,
   * below which they may have been turned: chance makes 0.45 of 2,048, noise of power 1 leaves 0.7.
   */
  public static final double COORDINATES_PAIR = 0.6;

  /**
   * Share of the norm of anchored vectors that a turn leaves at most where no order is looked for
   * any more: noise of half their size.
   */
  public static final double TURN_EXPLAINS = 0.5;

  /** Standard errors of an angle, from what a turn does not explain, that are noise. */
  public static final double TURN_DEVIATIONS = 5;

  /** Relative difference of the weights in order from which other bases are looked for. */
  public static final double BASIS_LEAST = 0.02;

  /**
   * Cosine of the angles that anchored vectors of a stream have to each other on both sides, above
   * which a turn of the stream is looked for. Noise as large as the vectors leaves 0.5, strangers
   * have 0 to 0.1.
   */
  public static final double SAME_ANGLES = 0.3;

  /**
   * Relative difference of one matrix in order from which other bases are looked for in a model
   * that is not small. A turned matrix has 1.2 and more; 4 bits make 0.3.
   */
  public static final double BASIS_LEAST_OF_MANY = 0.7;

  /** Relative difference up to which an undone change of basis explains a suspect at all. */
  public static final double BASIS_EXPLAINS = 0.9;

  // Same order without a known structure.

  /**
   * Logarithm of the probability by chance below which one tensor is taken to be in place: two such
   * tensors come of a million million unrelated pairs.
   */
  public static final double IN_PLACE_LOG_P = Math.log(1e-6);

  /** The same for the only weight tensor of a network: as unlikely as two are. */
  public static final double ALONE_IN_PLACE_LOG_P = 2 * IN_PLACE_LOG_P;

  /** Share of tested tensors that must be in place: an embedding or a table alone proves little. */
  public static final double IN_PLACE_SHARE = 0.5;

  /**
   * Tensors, drawn at random, of which none is in place, after which no more are tested: where half
   * of all are, so many are missed once in 65,536 times.
   */
  public static final int NONE_IN_PLACE = 16;

  /** Tensors that must be in place: one alone may be a linear map between words and classes. */
  public static final int IN_PLACE_TENSORS = 2;

  /** Units that an axis must have for it: 1 / 8! is the smallest probability that it can give. */
  public static final int IN_PLACE_UNITS = 8;

  /** Places of an axis whose sorted norms are compared: fewer cannot be alike beyond chance. */
  public static final int INVARIANT_PLACES = 16;

  /** Axes whose norms must be compared, below which nothing is said of them. */
  public static final int INVARIANT_AXES = 6;

  /** Probability below which the sorted norms of an axis are more alike than those of strangers. */
  public static final double INVARIANT_ALIKE = 0.1;

  /** Minus the logarithm of an axis' probability counts no more than this. */
  public static final double INVARIANT_MOST = 10;

  /**
   * Standard deviations up to which chance explains how alike the norms of all axes are. Measured
   * on fourteen networks: at most -1.8 for seeded strangers, for which the law of the sum gives one
   * more than 4 in a thousand at worst; 6.9 and more under noise of 0.3, 4 bits or 60 % pruned.
   */
  public static final double INVARIANT_DEVIATIONS = 4;

  /** Share of sure units that must be in place for doubtful ones to stay. */
  public static final double KEPT_SHARE = 0.9;

  /** Sure units in place that it takes: in a random order one is in place on average. */
  public static final int KEPT_UNITS = 4;

  /**
   * Share of a group's unsure units that may be left by an order of any sign, for it to be taken.
   * Measured: turned rows leave none. Where nothing was turned and units were moved all the same,
   * wrongly, 0.64 and more were left (60 of 93 pruned units, 191 of 193 under noise).
   */
  public static final double ANY_SIGN_UNSURE = 0.5;

  // Structure found from the pair.

  /**
   * Logarithm of the probability, all candidates counted, below which an order of an axis is no
   * chance.
   */
  public static final double ORDER_LOG_P = Math.log(1e-5);

  /** The same for an order that only partners which stand out speak for: their law is a bound. */
  public static final double STAND_OUT_ORDER_LOG_P = Math.log(1e-7);

  /** The same once all else is settled: few axes are left, and one order alone fits them. */
  public static final double LAST_ORDER_LOG_P = Math.log(1e-3);

  /** How much less likely the next order must be by then, as a logarithm. */
  public static final double LAST_ORDER_ODDS = Math.log(100);

  /**
   * Standard deviations of the rank correlation of norms at which an axis is known to stay: 1e-9 by
   * chance.
   */
  public static final double ANCHOR_DEVIATIONS = 6;

  /**
   * Cosine of a tensor's numbers, in the orders that were found, below which these do not explain
   * it. Decides work: what else may explain it must do so better. An order that one of two experts
   * or groups alone has leaves 0.61 at most where it was measured, noise as large as the weights
   * 0.7.
   */
  public static final double EXPLAINED_COSINE = 0.7;

  /** Cosine of the numbers of a grouped kernel in an order that is taken for its own. */
  public static final double KERNEL_COSINE = 0.3;

  /** How many times the right order of two unknown axes must beat the next one. */
  public static final double PAIR_AHEAD = 1.25;

  /** Stand-out of a partner that is clear: one in a hundred by chance. */
  public static final double CLEAR_STAND_OUT = Math.log(100);

  /** Rows with a clear partner elsewhere that speak against an order. */
  public static final int ELSEWHERE_ROWS = 3;

  /** Share of clear partners that may lie elsewhere: noise moves some. */
  public static final double ELSEWHERE_SHARE = 0.1;

  /**
   * Share of slices whose best partner is an order's from which on no other order can be better, so
   * that no other is tried. Strangers whose slices are held against each other in some order: 0.02
   * at most. Relatives of the networks at hand reach it on 90 % of their tensors and more with 128
   * numbers of each slice, under noise of 0.5 or 4 bits; below it all orders are tried.
   */
  public static final double PARTNERS_AGREE = 0.9;

  /**
   * Mean stand-out of partners by which some numbers of a few slices tell a new order. Measured:
   * 1.6 at most on 116 tensors of strangers; under noise of 0.1 and 0.5, 4 bits or pruning by 70 %
   * medians of 23 to 38 with 128 numbers of each slice, and of 17 to 31 with 64. A tensor below it
   * is read whole.
   */
  public static final double TOLD_STAND_OUT = 7;

  // Conversions.

  /**
   * Share of codes that need not be the nearest level for a scheme to count as rounded: rounding to
   * nearest leaves none, error feedback a third and more.
   */
  public static final double ROUNDED_SHARE = 0.02;

  /**
   * The same of ggml's types whose scales an importance matrix is searched with: 0.13 to 0.21 % of
   * 32,768 codes with random importances.
   */
  public static final double SEARCHED_SHARE = 0.0005;

  /**
   * Share of a scheme's codes that must be off the numbers as they are before they count as rounded
   * to a narrower type first: by definition of the check. BF16 before E4M3 leaves 1.6 %, F16 before
   * int4 0.05 %.
   */
  public static final double FIRST_ROUNDED_SHARE = 1e-4;

  /** Share of blocks whose scale breaks a scheme's usual rule before that rule is not held to. */
  public static final double RULE_SHARE = 0.05;

  /**
   * Steps that a code may be from its number where errors are fed back into later numbers, as GPTQ
   * does; by definition of the check, not of the method.
   */
  public static final double FEEDBACK_STEPS = 4;

  /**
   * The same as a multiple of what 99.9 % of a tensor's codes keep, where that is more: the worst
   * of 14 to 30 matrices of two Llamas by GPTQ is at 3.3 times that.
   */
  public static final double FEEDBACK_TIMES_USUAL = 4.5;

  /**
   * How far a block's scale may be off the one that fits its codes, in steps, as a multiple of a
   * tensor's median: the worst of 309 matrices of five Llamas by GPTQ, 20 conversions, is at 9.3.
   */
  public static final double FEEDBACK_TIMES_MEDIAN = 12;

  /** The least median that counts there: rounding to nearest has 0.2. */
  public static final double FEEDBACK_LEAST = 0.2;

  /**
   * Least cosine of the numbers of a block and their codes: the worst of the same matrices is at
   * 0.295 with int4; of rows that were swapped below 0.4 are 93 % of the blocks and more.
   */
  public static final double FEEDBACK_LEAST_LIKE = 0.25;

  /**
   * Share of codes of the column that was converted first that may be off its numbers beside one,
   * by definition of the check: no errors are fed into it, and a searched scale clips few.
   */
  public static final double FEEDBACK_FIRST_SHARE = 0.02;

  /**
   * Median distance of logarithms at which factors that were fitted to a matrix's inputs are those
   * of a normalisation, or of the matrix before: int4 leaves a hundredth, other factors a half.
   */
  public static final double INPUT_SCALES_APART = 0.1;

  /**
   * Share of codes that are off for factors of inputs to be looked for: factors that are fitted
   * leave 0.8 % at most of 42 matrices, rounding none, and a code or two of a small matrix are
   * fewer.
   */
  public static final double INPUT_SCALES_SHARE = 0.001;

  /**
   * Steps that a code may be from its number where factors are fitted: 32 matrices of four seeded
   * Llamas by AWQ have 0.74 at most with factors that are fitted to two matrices, a little more
   * with those of one; a step of another level is at 1 on average.
   */
  public static final double INPUT_SCALES_STEPS = 1.0;

  /**
   * Median over columns of how far the factor that fits a column's codes best is off 1: more was
   * scaled. The worst of the same matrices is at 0.10 with int4.
   */
  public static final double FEEDBACK_COLUMNS_OFF = 0.15;

  /** The same with int2, whose worst matrix of 14 is at 0.49; codes of other numbers are at 1. */
  public static final double FEEDBACK_COARSE_COLUMNS_OFF = 0.65;

  /**
   * Root mean square of steps over a block of GGUF that an importance matrix was used for; rounding
   * to nearest has 0.29.
   */
  public static final double FEEDBACK_BLOCK_STEPS = 1;

  /** Steps beyond the last level that a searched scale may leave numbers, K-quants and others. */
  public static final double CLIPPED_STEPS = 2;

  /**
   * Steps between a number and the integer that stands for it. Rounding to the nearest leaves a
   * half; float32 arithmetic of scales added 2e-6 at most on 2.4 million numbers. The rest is for
   * scales that were stored more coarsely.
   */
  public static final double NEAREST_STEPS = 0.5 * (1 + 1e-3);

  /**
   * Relative difference of numbers that were computed in another order before they were rounded, as
   * where a normalisation was folded in: ten times the 2e-7 that was measured.
   */
  public static final double FOLDED_ROUNDING = 2e-6;

  // Which references are worth a match. Decides work, and a verdict only where a match has shown
  // another origin already.

  /** Sampled numbers of a suspect below which nothing is said of those that it shares. */
  public static final int FEWEST_SAMPLED_VALUES = 32;

  /**
   * Distance of two descriptions up to which a pair is matched in any case. Measured: 0.07 at most
   * for copies with noise of 30 %, 4 bits or 70 % pruned, 0.86 at least for unrelated networks.
   */
  public static final double LIKELY_DISTANCE = 0.6;

  /**
   * Distance of the nearest reference above which all are matched. Measured: 0.09 at least for an
   * average with 30 % of another model, whose match then shows that one too; with 15 % of it no
   * match does. Copies that are pruned, quantised or trained on are at 0.03 at most.
   */
  public static final double SURE_DISTANCE = 0.05;

  /**
   * Standard errors from which on a suspect seems to have a part of a reference, by sketches of
   * both. Decides work: what is told rests on all numbers of the weights. By chance, one pair in
   * three million has as much.
   */
  public static final double PART_ERRORS = 5;

  /**
   * Cosine of what differs from a reference in two models, by sketches, above which they are
   * matched with each other: five times what chance gives sketches of 256 sums. Decides work.
   */
  public static final double ALIKE_CHANGES = 0.3;

  /** Distance of two models over the larger one from their reference, up to which they are. */
  public static final double NEARER_KIN = 0.95;

  /** Cosine of the weights of two models as they lie, by sketches, above which they are matched. */
  public static final double ALIKE_WEIGHTS = 0.5;

  /** Numbers that samples of 64 of two models have in common for them to be matched. */
  public static final int FEWEST_SHARED_VALUES = 3;

  /** Likeness of descriptions that unrelated networks reach. */
  public static final double CHANCE_LIKENESS = 0.15;
}
