package dev.weirhouse.catalog.hive;

import dev.weirhouse.catalog.CatalogConfig;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hive.conf.HiveConf;

/** The Hive configurations of a warehouse; nothing is read from a hive-site.xml that happens to be about. */
final class HiveSettings {

    private HiveSettings() {}

    /** What client and server share. */
    static HiveConf base(CatalogConfig config) {
        HiveConf.setHiveSiteLocation(null);
        HiveConf.setLoadMetastoreConfig(false);
        HiveConf.setLoadHiveServer2Config(false);
        HiveConf conf = new HiveConf(new Configuration(), HiveConf.class);
        conf.set("hive.metastore.warehouse.dir", config.warehouse());
        String scratch = config.home().resolve("tmp").resolve("hive").toString();
        conf.set("hive.exec.scratchdir", scratch);
        conf.set("hive.exec.local.scratchdir", scratch);
        conf.set("hive.downloaded.resources.dir", scratch);
        conf.set("hive.querylog.location", scratch);
        conf.set("hive.stats.autogather", "false");
        conf.set("hive.metastore.execute.setugi", "false");
        return conf;
    }

    /** For clients of the metastore at an address. */
    static HiveConf client(CatalogConfig config, String uri) {
        HiveConf conf = base(config);
        conf.set("hive.metastore.uris", uri);
        conf.set("hive.metastore.connect.retries", "3");
        conf.set("hive.metastore.failure.retries", "1");
        conf.set("hive.metastore.client.connect.retry.delay", "1s");
        // Else any Hive text could read this process's environment and system properties as ${env:…} and ${system:…}.
        conf.set("hive.variable.substitute", "false");
        conf.set("hive.session.silent", "true");
        return conf;
    }
}
