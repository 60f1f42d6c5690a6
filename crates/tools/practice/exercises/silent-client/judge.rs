use std::time::{Duration, Instant};

use crate::judge::*;

/// How long a client may be silent, as the task says.
const LIMIT: Duration = Duration::from_millis(500);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let told = |it: Seen| program.told(it);
    let echo = program.connect(address).and_then(|mut client| {
        let line = unforeseen("hello");
        let sent = client.send(format!("{line}\n").as_bytes());
        sent.and_then(|()| client.hears_line(&line)).map_err(told)
    });
    judge.check("echo", echo)?;

    let began = Instant::now();
    let mut silent = program.connect(address).or_else(|it| judge.check("given-up", Err(it)))?;
    // It comes and speaks while the other is silent; not at once, so that it has not been silent for
    // too long itself where the server has answered it already.
    std::thread::sleep(LIMIT / 2);
    let mut next = program.connect(address).or_else(|it| judge.check("given-up", Err(it)))?;
    next.waits_at_most(Duration::from_secs(3));
    let line = unforeseen("I have something to say");
    let spoken = next.send(format!("{line}\n").as_bytes());
    silent.waits_at_most(Duration::from_secs(3));
    let heard = silent.until_the_end();
    let time = began.elapsed();
    judge.check(
        "given-up",
        match heard.how {
            How::End if heard.bytes.is_empty() => Ok(()),
            How::Silence if heard.bytes.is_empty() => {
                let saw = format!(
                    "the silent client still had its connection after 3 s{}",
                    program.where_it_is()
                );
                Err(told(seen("a silent client gets the end after half a second", saw)))
            }
            _ => {
                let saw = format!("a client said nothing, and {heard}");
                Err(told(seen("a silent client gets the end after half a second", saw)))
            }
        },
    )?;
    judge.check(
        "patience",
        match time + Duration::from_millis(50) > LIMIT {
            true => Ok(()),
            false => {
                let saw =
                    format!("the silent client was given up after {:.3} s", time.as_secs_f32());
                Err(told(seen("it is given up after half a second", saw)))
            }
        },
    )?;
    let served = spoken.and_then(|()| next.hears_line(&line));
    judge.check(
        "next",
        served.map_err(|mut it| {
            it.saw += &program.where_it_is();
            told(it)
        }),
    )?;
    let mut talked = talks(&mut next);
    for _ in 0..3 {
        match &talked {
            // On a machine that is busy enough, the judge's own client was the one that was late.
            Err((_, silence)) if *silence > LIMIT * 3 / 4 => {
                let mut client =
                    program.connect(address).or_else(|it| judge.check("talks-on", Err(it)))?;
                talked = talks(&mut client);
            }
            _ => break,
        }
    }
    let talked = talked.map_err(|(mut it, silence)| {
        let silence = silence.as_secs_f32();
        it.saw = format!("its longest silence was {silence:.1} s, and {}", it.saw);
        told(it)
    });
    judge.check("talks-on", talked)
}

/// A client talks for longer in all than a silence may be; if that fails, with its longest silence.
fn talks(client: &mut Peer) -> Result<(), (Seen, Duration)> {
    let mut longest = Duration::ZERO;
    let mut since = Instant::now();
    for (word, number) in ["still here", "and here", "here too", "and now I go"].iter().zip(0..) {
        if number > 0 {
            std::thread::sleep(LIMIT * 2 / 5);
        }
        let line = unforeseen(word);
        let sent = client.send(format!("{line}\n").as_bytes());
        longest = longest.max(since.elapsed());
        since = Instant::now();
        sent.and_then(|()| client.hears_line(&line)).map_err(|it| (it, longest))?;
    }
    Ok(())
}
