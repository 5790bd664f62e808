/**
 * The HTTP door: health, metrics and the REST API below {@code /api/v1}, which {@code openapi.yaml} describes.
 *
 * <p>{@link dev.weirhouse.server.http.HttpDoor} puts the {@linkplain dev.weirhouse.server.http.Route routes} of each part
 * of the API on one Jetty server. A <em>statement</em> is one SQL text on its way through a session; its answer is parted
 * in <em>pages</em>, each named by a token and produced when the one before it was fetched, so that a slow reader holds
 * at most two. A <em>script</em> is many statements run in order by the batch lane. Every error is the same JSON object,
 * {@link dev.weirhouse.server.http.ErrorBody}.
 *
 * <p>Statements, scripts and sessions rest in memory, bounded and with an idle time; jobs and runs are in the state store.
 */
package dev.weirhouse.server.http;
