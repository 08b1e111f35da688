//! Every function has a block, a secret and a log group that are named after it, and time enough.

use std::{collections::BTreeSet, time::Duration};

use super::{
    source::functions,
    template::{Template, reference},
};

/// How long an HTTP API waits for a function
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>).
const PATIENCE_OF_THE_API: u64 = 30;

/// The most that Lambda gives an invocation, in seconds
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>).
const MOST_TIME: u64 = 900;

#[test]
fn every_function_has_a_block_of_its_name_and_every_block_a_function() {
    let template = Template::read();
    for function in functions() {
        let block = template.block(&function);
        assert_eq!(block.at("/Metadata/BuildMethod"), "rust-cargolambda", "{}", block.id);
        assert_eq!(block.at("/Metadata/BuildProperties/Binary"), &function.name, "{} builds another binary", block.id);
    }
    let ids: BTreeSet<String> = functions().iter().map(|function| format!("{}Function", function.stem())).collect();
    for block in template.blocks() {
        assert!(ids.contains(block.id), "template.yaml has {}, of which there is no folder in functions/", block.id);
    }
}

#[test]
fn every_function_has_a_secret_and_a_log_group_of_its_own() {
    let template = Template::read();
    let (mut secrets, mut logs) = (BTreeSet::new(), BTreeSet::from(["AccessLogs".to_owned()]));
    for function in functions() {
        let block = template.block(&function);
        let (secret, log_group) = (format!("{}Secret", function.stem()), format!("{}Logs", function.stem()));
        let id = block.environment().get("ELEVA_SECRET_ID").copied();
        assert_eq!(id, Some(&reference(&secret)), "ELEVA_SECRET_ID of {} is not {secret}", block.id);
        assert_eq!(block.at("/Properties/LoggingConfig/LogGroup"), &reference(&log_group), "{}", block.id);
        let output = template.at(&format!("/Outputs/{secret}/Value"));
        assert_eq!(output, &reference(&secret), "template.yaml's outputs lack {secret}, which is to be filled");
        secrets.insert(secret);
        logs.insert(log_group);
    }
    let there = |of_type| -> BTreeSet<String> { template.resources(of_type).into_iter().map(str::to_owned).collect() };
    assert_eq!(there("AWS::SecretsManager::Secret"), secrets, "a secret belongs to a function");
    assert_eq!(there("AWS::Logs::LogGroup"), logs, "a log group belongs to a function or to the API");
}

#[test]
fn every_function_has_memory_and_more_time_than_it_gives_itself() {
    let template = Template::read();
    for function in functions() {
        let block = template.block(&function);
        assert!(block.at("/Properties/MemorySize").is_u64(), "{} states no MemorySize", block.id);
        let timeout = block.at("/Properties/Timeout").as_u64();
        let timeout = timeout.unwrap_or_else(|| panic!("{} states no Timeout", block.id));
        if function.is_worker() {
            // It has the time that it is given. Nobody waits, and two at once would do the same twice, unless each
            // takes something else from a queue.
            assert!(timeout <= MOST_TIME, "the Timeout of {} is {timeout}, and Lambda gives {MOST_TIME} s", block.id);
            let most = if function.name == "audit-export" { 2 } else { 1 };
            assert_eq!(block.at("/Properties/ReservedConcurrentExecutions"), most, "{}", block.id);
            continue;
        }
        // A second, for what comes before and after the answer that is timed.
        let least = function.time_limit() + Duration::from_secs(1);
        assert!(
            Duration::from_secs(timeout) >= least && timeout < PATIENCE_OF_THE_API,
            "the Timeout of {} is {timeout}: at least {least:?}, so that {} answers 503 before it is killed, and less \
             than the {PATIENCE_OF_THE_API} s that the API waits",
            block.id,
            function.name
        );
    }
}

#[test]
fn every_function_trusts_the_roots_that_are_deployed_with_it_and_logs_json() {
    let template = Template::read();
    assert_eq!(template.at("/Resources/Roots/Properties/ContentUri"), "roots", "the layer is the folder roots/");
    for block in template.blocks() {
        assert_eq!(block.property("Layers"), &serde_json::json!([reference("Roots")]), "{}", block.id);
        assert_eq!(block.environment()["SSL_CERT_FILE"], "/opt/roots.pem", "{}", block.id);
        for (name, expected) in [("LogFormat", "JSON".into()), ("ApplicationLogLevel", reference("LogLevel"))] {
            let of_all = template.at(&format!("/Globals/Function/LoggingConfig/{name}"));
            let own = block.at(&format!("/Properties/LoggingConfig/{name}"));
            assert_eq!(if own.is_null() { of_all } else { own }, &expected, "{name} of {}", block.id);
        }
    }
}
