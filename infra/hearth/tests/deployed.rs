//! The command against a stack in AWS: what it says where AWS refuses.

#![expect(clippy::unwrap_used, reason = "what goes wrong here fails a test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;

/// Answers every request of CloudFormation alike, on a port of its own.
fn aws_says(status: u16, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // Ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                request.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if line.is_empty() {
                    break;
                }
                if let Some(given) = line.strip_prefix("content-length: ") {
                    length = given.parse().unwrap();
                }
            }
            request.read_exact(&mut vec![0; length]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>scripted</Message></Error></ErrorResponse>"
    )
}

/// Runs the command with this environment and nothing of the machine's; what it said on stderr.
fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let ended = Command::new(env!("CARGO_BIN_EXE_hearth"))
        .args(arguments)
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success(), "{arguments:?}: {said}");
    said
}

const LIST: [&str; 4] = ["community", "list", "--stack", "hearth"];
const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIATEST"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
];

#[test]
fn without_a_region_or_credentials_it_says_how_to_give_them() {
    let said = refused(&LIST, &[]);
    assert!(said.contains("no AWS region: give --region"), "{said}");
    let said = refused(&LIST, &[("AWS_REGION", "eu-central-1")]);
    assert!(said.contains("no AWS credentials"), "{said}");
    assert!(said.contains("sign in"), "{said}");
}

#[test]
fn what_aws_refuses_is_told_with_what_to_do() {
    for (code, expected) in [
        (
            "ExpiredToken",
            "the AWS session has expired (ExpiredToken): sign in again",
        ),
        (
            "InvalidClientTokenId",
            "AWS does not know these credentials (InvalidClientTokenId)",
        ),
        (
            "AccessDenied",
            "these credentials may not do that (AccessDenied)",
        ),
        (
            "ValidationError",
            "there is no stack hearth in eu-central-1",
        ),
    ] {
        let url = aws_says(400, &error(code));
        let environment = [
            &KEYS[..],
            &[("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", &url)],
        ]
        .concat();
        let said = refused(&LIST, &environment);
        assert!(said.contains(expected), "{code}: {said}");
    }
}

#[test]
fn a_stack_of_something_else_is_told_from_ours() {
    let stack = "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>hearth</StackName>\
                 <CreationTime>2026-01-05T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>\
                 </member></Stacks></DescribeStacksResult></DescribeStacksResponse>";
    let url = aws_says(200, stack);
    let environment = [
        &KEYS[..],
        &[("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", &url)],
    ]
    .concat();
    let said = refused(&LIST, &environment);
    let expected = "stack hearth has no output MembersTable: it is not a stack of Hearth";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn the_options_of_aws_and_of_a_local_stack_do_not_mix() {
    let both = [&LIST[..], &["--endpoint", "http://127.0.0.1:9000"]].concat();
    assert!(refused(&both, &[]).contains("cannot be used with"));
    let unseen = ["community", "publish", "x.toml", "--secrets-unseen"];
    assert!(refused(&unseen, &[]).contains("--stack"));
    let said = refused(&["redrive", "onboarding"], &[]);
    assert!(said.contains("give --stack"), "{said}");
    let said = refused(&["redrive", "welcome", "--stack", "hearth"], &[]);
    assert!(
        said.contains("expected one of onboarding, check-in"),
        "{said}"
    );
}
