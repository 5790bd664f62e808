package dev.weirhouse.testkit.script;

/** What a script says about a column: enough to see a type change, and the same through every door. */
public enum ValueKind {
    INTEGER('I'),
    REAL('R'),
    TEXT('T');

    private final char letter;

    ValueKind(char letter) {
        this.letter = letter;
    }

    /** The letter in the script. */
    public char letter() {
        return letter;
    }
}
