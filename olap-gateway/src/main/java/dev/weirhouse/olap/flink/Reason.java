package dev.weirhouse.olap.flink;

/** The kinds of things that make a query not native, and why they do. */
public enum Reason {
    OPERATOR(
            "an operator, or a form of it, that is not translated",
            "such as a match of patterns, a table function or a lookup join; Flink computes it"),
    READING(
            "a table that is not Paimon's, or that Flink reads in a way of its own",
            "the files are read without Flink, so what Flink would do on the way has to be known"),
    TYPE(
            "a type that is not known",
            "times with a local zone depend on the session, and nested types are not compared yet"),
    FUNCTION(
            "a function or operator with arguments for which it is not admitted",
            "DuckDB's of the same name was found to answer otherwise, or was not compared with Flink's"),
    CAST("a cast between types for which it is not admitted", "DuckDB rounds, pads or prints otherwise"),
    LITERAL(
            "a constant that the two take differently",
            "a date before 1583, a text with half a character or a NUL, a CHAR beyond the basic plane, a FLOAT beyond its range"),
    KEY(
            "a FLOAT or DOUBLE as a key of a join, a group, a partition or a set",
            "Flink hashes the bits of a key: what becomes of NaN and -0.0 depends on its way of joining"),
    KEYS_OF_TWO_TYPES(
            "a join by values of two types",
            "Flink hashes the bits of a key, and the same value of two types may have different ones"),
    AGGREGATE(
            "an aggregate that is not admitted for its argument", "its result depends on Flink's way of computing it"),
    WINDOW("a window function or frame that is not admitted", "it was not compared with Flink's"),
    SETTING(
            "a setting of the session that changes what a query means",
            "`table.exec.legacy-cast-behaviour` and `table.exec.sort.default-limit`: what is compared has their defaults"),
    SIZE("a plan whose text grows too long", "compiling it would take longer than computing it by Flink");

    private final String what;
    private final String why;

    Reason(String what, String why) {
        this.what = what;
        this.why = why;
    }

    /** What is refused, in words. */
    public String what() {
        return what;
    }

    /** Why it is refused, in words. */
    public String why() {
        return why;
    }
}
