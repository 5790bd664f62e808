package dev.weirhouse.olap;

import dev.weirhouse.catalog.Answer;

/** Where a query is in its life; {@link OlapQuery} moves it. */
sealed interface QueryState {

    /** Its schema is known and nothing runs. */
    record Announced() implements QueryState {}

    /** Being planned and submitted. */
    record Starting() implements QueryState {}

    /** Its answer can be read. */
    record Running(Answer answer) implements QueryState {}

    record Ended(QueryEnd end) implements QueryState {}
}
